// A child process of a test: real binary, output in files, killed when the test is over. One
// thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/temp_dir.hpp"

namespace exo::test {

// Polls until the condition holds; false when the time was not enough.
bool wait_until(const std::function<bool()>& condition,
                std::chrono::milliseconds limit = std::chrono::seconds(30));

struct Exit {
    int code = -1;   // exit status, or -1
    int signal = 0;  // that ended it, or 0
};

class Process {
  public:
    using Environment = std::vector<std::pair<std::string, std::string>>;

    // Starts argv[0] with a bare environment (PATH, HOME in a directory of its own) plus
    // `environment`.
    explicit Process(std::vector<std::string> argv, const Environment& environment = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    // Starts, waits, returns.
    static Process run(std::vector<std::string> argv, const Environment& environment = {});

    pid_t pid() const { return pid_; }
    std::string out() const;  // so far
    std::string err() const;
    void send(int signal);
    // None: it still ran when the time was over.
    std::optional<Exit> wait(std::chrono::milliseconds limit = std::chrono::seconds(60));
    int exit_code();  // waits; -1 if it did not end in time or a signal ended it
    bool wait_for_out(const std::string& text,
                      std::chrono::milliseconds limit = std::chrono::seconds(30));
    bool wait_for_err(const std::string& text,
                      std::chrono::milliseconds limit = std::chrono::seconds(30));

  private:
    TempDir dir_;
    pid_t pid_ = -1;
    std::optional<Exit> exit_;
};

}  // namespace exo::test
