// Points in time as people write them. Pure, any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace control {

// RFC 3339 ("2026-11-24T08:00:00Z", "...00.250+01:00") or Unix seconds. None if it is neither.
std::optional<std::chrono::sys_time<std::chrono::milliseconds>> parse_time(std::string_view text);

}  // namespace control
