// What a node may throw beside an exception of its own, and the levels it may log with. The three
// signals do not derive from std::exception, so that a broad catch does not swallow them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "exosphere/abi.h"

namespace exosphere {

// Ends this branch of the run: no next node is made, and the state counts as a success. `json` is
// an object, kept with the state: throw exosphere::Prune{R"({"reason":"duplicate"})"};
struct Prune {
    std::string json = "{}";
};

// Execute this state again, from the start, after that time (1 ms .. 366 days):
// throw exosphere::Requeue{3s};
struct Requeue {
    std::chrono::milliseconds after;
};

// The node gave up because cancelled() said so: the state is handed back if the worker goes down,
// errored if it took too long.
struct Cancelled {};

enum class LogLevel : std::int32_t {
    debug = EXO_DEBUG,
    info = EXO_INFO,
    warn = EXO_WARN,
    error = EXO_ERROR
};

}  // namespace exosphere
