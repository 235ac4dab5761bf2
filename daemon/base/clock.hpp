// The clocks and durations that everything uses, and how durations are written for people. Pure;
// any thread.
#pragma once

#include <chrono>
#include <string>

namespace exo::base {

using Millis = std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

// "250ms", "4s", "1.5s", "2m30s", "3h": what a person would write.
std::string to_text(Millis duration);

}  // namespace exo::base
