#include "embedded/retry_policy.hpp"

#include <algorithm>
#include <cmath>

namespace exo::embedded {

namespace {

enum class Jitter { none, full, equal };

std::int64_t saturating_product(std::int64_t a, std::int64_t b) {
    std::int64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? longest_delay_ms
                                                  : std::min(product, longest_delay_ms);
}

std::int64_t exponential(const RetryPolicy& policy, std::int64_t retry) {
    std::int64_t delay = std::min(policy.backoff_factor_ms, longest_delay_ms);
    for (std::int64_t n = 1; n < retry && delay < longest_delay_ms && policy.exponent > 1; ++n) {
        delay = saturating_product(delay, policy.exponent);
    }
    return delay;
}

std::int64_t linear(const RetryPolicy& policy, std::int64_t retry) {
    return saturating_product(policy.backoff_factor_ms, retry);
}

std::int64_t fixed(const RetryPolicy& policy) {
    return std::min(policy.backoff_factor_ms, longest_delay_ms);
}

std::int64_t with_jitter(std::int64_t base, Jitter jitter, const RandomSource& random) {
    const auto real = static_cast<double>(base);
    switch (jitter) {
        case Jitter::none:
            return base;
        case Jitter::full:
            return static_cast<std::int64_t>(std::floor(real * random()));
        case Jitter::equal:
            return static_cast<std::int64_t>(std::floor(real / 2 + real / 2 * random()));
    }
    return base;
}

std::int64_t uncapped(const RetryPolicy& policy, std::int64_t retry, const RandomSource& random) {
    switch (policy.strategy) {
        case RetryStrategy::exponential:
            return exponential(policy, retry);
        case RetryStrategy::exponential_full_jitter:
            return with_jitter(exponential(policy, retry), Jitter::full, random);
        case RetryStrategy::exponential_equal_jitter:
            return with_jitter(exponential(policy, retry), Jitter::equal, random);
        case RetryStrategy::linear:
            return linear(policy, retry);
        case RetryStrategy::linear_full_jitter:
            return with_jitter(linear(policy, retry), Jitter::full, random);
        case RetryStrategy::linear_equal_jitter:
            return with_jitter(linear(policy, retry), Jitter::equal, random);
        case RetryStrategy::fixed:
            return fixed(policy);
        case RetryStrategy::fixed_full_jitter:
            return with_jitter(fixed(policy), Jitter::full, random);
        case RetryStrategy::fixed_equal_jitter:
            return with_jitter(fixed(policy), Jitter::equal, random);
    }
    return 0;
}

}  // namespace

std::int64_t retry_delay_ms(const RetryPolicy& policy, std::int64_t retry,
                            const RandomSource& random) {
    const auto delay = uncapped(policy, retry, random);
    return policy.max_delay_ms ? std::min(delay, *policy.max_delay_ms) : delay;
}

}  // namespace exo::embedded
