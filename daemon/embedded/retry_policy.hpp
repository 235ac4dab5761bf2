// When an errored state is tried again: upstream's nine formulas, saturating. Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>

#include "embedded/graph_template.hpp"

namespace exo::embedded {

// Gives a number in [0, 1).
using RandomSource = std::function<double()>;

// No delay is longer: far beyond any use, and now + delay still fits 64 bits.
constexpr std::int64_t longest_delay_ms = std::int64_t{1} << 60;

// The pause before retry number `retry` (1 = the first), in milliseconds. max_delay caps last,
// after the jitter.
std::int64_t retry_delay_ms(const RetryPolicy& policy, std::int64_t retry,
                            const RandomSource& random);

}  // namespace exo::embedded
