// Structured logging: a message and key=value fields. A Log is a cheap handle, copied freely; any
// thread may write. Callers never pass secrets or keys: what is given here is printed.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace exo::base {

enum class LogLevel { trace, debug, info, warn, error };
std::optional<LogLevel> log_level_of(std::string_view text);  // "trace" ... "error"
enum class LogFormat { text, json, journald };

struct LogField {
    std::string_view key;
    std::string value;

    LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
    LogField(std::string_view k, const char* v) : key(k), value(v) {}
    LogField(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
    template <class Int>
    requires std::is_integral_v<Int> LogField(std::string_view k, Int v)
        : key(k), value(std::to_string(v)) {}
};
using LogFields = std::initializer_list<LogField>;

// Writes to stderr. text: `2026-11-23 20:53:01.123 info  message: key=value key="two words"`;
// json: one object a line {"time","level","message", fields...}.
class Log {
  public:
    Log();  // discards everything
    static Log to_stderr(LogLevel level, LogFormat format);
    // For tests: everything is appended to *out, one line each, in text format.
    static Log to_string(std::shared_ptr<std::string> out, LogLevel level = LogLevel::trace);

    void set_level(LogLevel level);
    bool enabled(LogLevel level) const;
    void write(LogLevel level, std::string_view message, LogFields fields = {}) const;

    void debug(std::string_view message, LogFields fields = {}) const {
        write(LogLevel::debug, message, fields);
    }
    void info(std::string_view message, LogFields fields = {}) const {
        write(LogLevel::info, message, fields);
    }
    void warn(std::string_view message, LogFields fields = {}) const {
        write(LogLevel::warn, message, fields);
    }
    void error(std::string_view message, LogFields fields = {}) const {
        write(LogLevel::error, message, fields);
    }

  private:
    explicit Log(std::shared_ptr<spdlog::logger> logger, LogFormat format);
    std::shared_ptr<spdlog::logger> logger_;
    LogFormat format_ = LogFormat::text;
};

}  // namespace exo::base
