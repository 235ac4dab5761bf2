// Opening a file is already running it: a truncated or flipped one raises SIGBUS or SIGSEGV inside
// dlopen. So each new content is opened and questioned in a child process first, and only what
// that survived is opened here. One thread at a time.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "plugin/open_file.hpp"

namespace exo::plugin {

// How to start the child: `path args... FILE`, no shell.
struct ProbeCommand {
    std::filesystem::path path = "/proc/self/exe";
    std::vector<std::string> args = {"probe-plugin"};
    std::chrono::milliseconds timeout{20'000};
};

struct ProbeChild {
    pid_t pid = -1;
    OpenFile answer;  // its standard output
};

class Probe {
  public:
    explicit Probe(ProbeCommand command) : command_(std::move(command)) {}

    // The verdict on a content is remembered. The error is one clause that follows the file's name:
    // "crashed with SIGBUS while it was opened in a probe process".
    base::Result<> check(const std::filesystem::path& file, const std::string& sha256);

  private:
    base::Result<> hear(const ProbeChild& child) const;

    ProbeCommand command_;
    std::map<std::string, base::Result<>> verdicts_;  // by sha256
};

// The child's side, the whole of `exosphered probe-plugin FILE`: opens the file, prints the verdict
// and ends the process with 0 or 1 without running any destructor.
[[noreturn]] void answer_probe(const std::filesystem::path& file);

}  // namespace exo::plugin
