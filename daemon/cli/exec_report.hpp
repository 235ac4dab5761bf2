// What exec prints: the outcome and the log lines of one call, for people and for scripts. Any
// thread where it says so.
#pragma once

#include <chrono>
#include <iosfwd>
#include <mutex>
#include <string>
#include <vector>

#include "model/state.hpp"
#include "plugin/services.hpp"

namespace exo::cli {

// Log lines of plugins: printed to a stream as they come, or kept. [any-thread]
class LogLines {
  public:
    struct Line {
        std::string level, message;
    };

    // `stream` may be NULL: lines are kept. It is used until end().
    explicit LogLines(std::ostream* stream) : stream_(stream) {}

    void add(const plugin::PluginLine& line);
    // While this is off, only warnings and errors count: what every plugin of the directory says at
    // its begin and end is noise.
    void hear_all(bool all);
    void end();
    std::vector<Line> taken();

  private:
    std::mutex mutex_;
    std::ostream* stream_;
    bool all_ = false;
    bool ended_ = false;
    std::vector<Line> kept_;
};

struct ExecReport {
    std::string node, plugin, version;
    model::Outcome outcome;
    std::chrono::milliseconds duration{};
};

// Each ends with a line break.
std::string to_text(const ExecReport& report);
// {"node","plugin","version","outcome", and of that outcome "outputs" | "error" | "data" |
// "enqueue_after", "duration_ms","log":[{"level","message"}]}. Members are added, never renamed.
std::string to_json(const ExecReport& report, const std::vector<LogLines::Line>& log);

}  // namespace exo::cli
