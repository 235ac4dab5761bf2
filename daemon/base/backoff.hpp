// Exponential backoff with full jitter. Pure: randomness comes in as a number; any thread.
#pragma once

#include <algorithm>
#include <chrono>

namespace exo::base {

struct Backoff {
    std::chrono::milliseconds first{100};
    std::chrono::milliseconds cap{30'000};

    // The ceiling before jitter: first * 2^attempt, never above cap. attempt counts from 0.
    std::chrono::milliseconds ceiling(unsigned attempt) const {
        const auto doublings = std::min(attempt, 30U);
        const auto raw = first.count() * (1LL << doublings);
        return std::chrono::milliseconds(std::min<long long>(raw, cap.count()));
    }

    // Full jitter: uniform in (0, ceiling], given random01 in [0, 1).
    std::chrono::milliseconds delay(unsigned attempt, double random01) const {
        const auto top = static_cast<double>(ceiling(attempt).count());
        return std::chrono::milliseconds(1 +
                                         static_cast<long long>(random01 * std::max(0.0, top - 1)));
    }
};

}  // namespace exo::base
