#include "base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <mutex>

namespace exo::base {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::trace:
            return spdlog::level::trace;
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warn:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

std::string_view priority(LogLevel level) {  // sd-daemon(3) prefixes, for format = "journald"
    switch (level) {
        case LogLevel::trace:
        case LogLevel::debug:
            return "<7>";
        case LogLevel::info:
            return "<6>";
        case LogLevel::warn:
            return "<4>";
        case LogLevel::error:
            return "<3>";
    }
    return "<6>";
}

// Escapes control characters, quotes and backslashes as JSON does, so that one record is always one
// line.
void append_escaped(std::string& out, std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            out += "\\u00";
            out += hex[byte >> 4];
            out += hex[byte & 15];
        } else {
            out += c;
        }
    }
}

bool needs_quotes(std::string_view value) {
    if (value.empty()) return true;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte == 0x7f || c == '"' || c == '\\' || c == '=') return true;
    }
    return false;
}

std::string text_line(std::string_view message, LogFields fields) {
    std::string line;
    // A message may quote foreign text (a plugin's, a server's): line breaks are folded, quotes
    // stay readable.
    for (const char c : message) {
        const auto byte = static_cast<unsigned char>(c);
        line += (byte < 0x20 || byte == 0x7f) ? ' ' : c;
    }
    bool first = true;
    for (const auto& field : fields) {
        line += first ? ": " : " ";
        first = false;
        line += field.key;
        line += '=';
        if (needs_quotes(field.value)) {
            line += '"';
            append_escaped(line, field.value);
            line += '"';
        } else {
            line += field.value;
        }
    }
    return line;
}

std::string json_members(std::string_view message, LogFields fields) {
    std::string line = "\"message\":\"";
    append_escaped(line, message);
    line += '"';
    for (const auto& field : fields) {
        line += ",\"";
        append_escaped(line, field.key);
        line += "\":\"";
        append_escaped(line, field.value);
        line += '"';
    }
    return line;
}

class StringSink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    explicit StringSink(std::shared_ptr<std::string> out) : out_(std::move(out)) {}

  protected:
    void sink_it_(const spdlog::details::log_msg& msg) override {
        const auto level = spdlog::level::to_string_view(msg.level);
        out_->append(level.data(), level.size()).append(" ");
        out_->append(msg.payload.data(), msg.payload.size()).append("\n");
    }
    void flush_() override {}

  private:
    std::shared_ptr<std::string> out_;
};

}  // namespace

std::optional<LogLevel> log_level_of(std::string_view text) {
    if (text == "trace") return LogLevel::trace;
    if (text == "debug") return LogLevel::debug;
    if (text == "info") return LogLevel::info;
    if (text == "warn") return LogLevel::warn;
    if (text == "error") return LogLevel::error;
    return std::nullopt;
}

Log::Log() = default;

Log::Log(std::shared_ptr<spdlog::logger> logger, LogFormat format)
    : logger_(std::move(logger)), format_(format) {}

Log Log::to_stderr(LogLevel level, LogFormat format) {
    auto logger = std::make_shared<spdlog::logger>(
        "exosphered", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    switch (format) {
        case LogFormat::text:
            logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %-7l %v");
            break;
        case LogFormat::json:
            logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})");
            break;
        case LogFormat::journald:
            logger->set_pattern("%v");
            break;
    }
    logger->set_level(to_spdlog(level));
    logger->flush_on(spdlog::level::trace);
    return Log(std::move(logger), format);
}

Log Log::to_string(std::shared_ptr<std::string> out, LogLevel level) {
    auto logger =
        std::make_shared<spdlog::logger>("test", std::make_shared<StringSink>(std::move(out)));
    logger->set_level(to_spdlog(level));
    return Log(std::move(logger), LogFormat::text);
}

void Log::set_level(LogLevel level) {
    if (logger_) logger_->set_level(to_spdlog(level));
}

bool Log::enabled(LogLevel level) const { return logger_ && logger_->should_log(to_spdlog(level)); }

void Log::write(LogLevel level, std::string_view message, LogFields fields) const {
    if (!enabled(level)) return;
    std::string line;
    switch (format_) {
        case LogFormat::text:
            line = text_line(message, fields);
            break;
        case LogFormat::json:
            line = json_members(message, fields);
            break;
        case LogFormat::journald:
            line = std::string(priority(level)) + text_line(message, fields);
            break;
    }
    logger_->log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace exo::base
