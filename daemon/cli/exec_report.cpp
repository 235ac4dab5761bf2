#include "cli/exec_report.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <ostream>
#include <utility>

#include "base/clock.hpp"
#include "base/text_table.hpp"

namespace exo::cli {
namespace {

std::string level_name(base::LogLevel level) {
    switch (level) {
        case base::LogLevel::trace:
            return "trace";
        case base::LogLevel::debug:
            return "debug";
        case base::LogLevel::info:
            return "info";
        case base::LogLevel::warn:
            return "warn";
        case base::LogLevel::error:
            return "error";
    }
    return "info";
}

// `name = value`; further lines of the value stand under its first one.
void append_value(std::string& text, const std::string& name, const std::string& value) {
    const auto margin = "  " + base::printable(name) + " = ";
    std::string indent(base::display_width(margin), ' ');
    std::size_t at = 0;
    for (bool first = true; first || at < value.size(); first = false) {
        const auto end = std::min(value.find('\n', at), value.size());
        text += (first ? margin : indent) + base::printable(value.substr(at, end - at)) + "\n";
        at = end + 1;
    }
}

struct Text {
    std::string operator()(const model::Executed& executed) const {
        if (executed.outputs.empty()) return "executed, no outputs\n";
        std::string text = "executed\n";
        std::size_t number = 0;
        for (const auto& row : executed.outputs) {
            if (executed.outputs.size() > 1) {
                text += "outputs " + std::to_string(++number) + " of " +
                        std::to_string(executed.outputs.size()) + "\n";
            }
            for (const auto& [name, value] : row) append_value(text, name, value);
        }
        return text;
    }
    std::string operator()(const model::Errored& errored) const {
        return "errored: " + base::printable(errored.error) + "\n";
    }
    std::string operator()(const model::Pruned& pruned) const {
        return "prune " + base::printable(pruned.data) + "\n";
    }
    std::string operator()(const model::Requeued& requeued) const {
        return "re-enqueue-after " + base::to_text(requeued.after) + "\n";
    }
};

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

void write(Writer& writer, const std::string& text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void member(Writer& writer, const char* name, const std::string& text) {
    writer.Key(name);
    write(writer, text);
}

// The member that this kind of outcome has.
struct Json {
    Writer& writer;

    void operator()(const model::Executed& executed) const {
        writer.Key("outputs");
        writer.StartArray();
        for (const auto& row : executed.outputs) {
            writer.StartObject();
            for (const auto& [name, value] : row) {
                write_key(name);
                write(writer, value);
            }
            writer.EndObject();
        }
        writer.EndArray();
    }
    void operator()(const model::Errored& errored) const { member(writer, "error", errored.error); }
    void operator()(const model::Pruned& pruned) const {
        writer.Key("data");
        writer.RawValue(pruned.data.data(), pruned.data.size(), rapidjson::kObjectType);
    }
    void operator()(const model::Requeued& requeued) const {
        writer.Key("enqueue_after");
        writer.Int64(requeued.after.count());
    }
    void write_key(const std::string& name) const {
        writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    }
};

}  // namespace

void LogLines::add(const plugin::PluginLine& line) {
    const std::lock_guard lock(mutex_);
    if (ended_ || (!all_ && line.level < base::LogLevel::warn)) return;
    auto level = level_name(line.level);
    if (stream_ == nullptr) {
        kept_.push_back({std::move(level), std::string(line.message)});
    } else {
        level.resize(5, ' ');
        *stream_ << level << " " << base::printable(line.message) << std::endl;
    }
}

void LogLines::hear_all(bool all) {
    const std::lock_guard lock(mutex_);
    all_ = all;
}

void LogLines::end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
}

std::vector<LogLines::Line> LogLines::taken() {
    const std::lock_guard lock(mutex_);
    return std::exchange(kept_, {});
}

std::string to_text(const ExecReport& report) { return std::visit(Text{}, report.outcome); }

std::string to_json(const ExecReport& report, const std::vector<LogLines::Line>& log) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.SetIndent(' ', 2);
    writer.StartObject();
    member(writer, "node", report.node);
    member(writer, "plugin", report.plugin);
    member(writer, "version", report.version);
    member(writer, "outcome", std::string(model::kind_of(report.outcome)));
    std::visit(Json{writer}, report.outcome);
    writer.Key("duration_ms");
    writer.Int64(report.duration.count());
    writer.Key("log");
    writer.StartArray();
    for (const auto& line : log) {
        writer.StartObject();
        member(writer, "level", line.level);
        member(writer, "message", line.message);
        writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace exo::cli
