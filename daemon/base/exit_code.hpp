// What the process says when it ends: a promise to scripts and to systemd (docs/commands.md).
#pragma once

namespace exo::base {

enum class ExitCode : int {
    done = 0,
    failed = 1,        // the work failed
    usage = 2,         // the command line is wrong
    unavailable = 69,  // client commands: the state manager cannot be reached
    internal = 70,     // a bug
    refused = 78,      // configuration or plugin refused
};

constexpr int to_int(ExitCode code) { return static_cast<int>(code); }

}  // namespace exo::base
