#include "embedded/retry_policy.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace exo::embedded;

namespace {

RetryPolicy policy(RetryStrategy strategy, std::int64_t factor, std::int64_t exponent,
                   std::optional<std::int64_t> max = std::nullopt) {
    return {10, strategy, factor, exponent, max};
}

constexpr double almost_one = 0.999999999;

}  // namespace

TEST_CASE("the nine retry formulas, retries 1 to 4, at both ends of the jitter") {
    using enum RetryStrategy;
    struct Row {
        RetryStrategy strategy;
        double random;
        std::vector<std::int64_t> delays;
    };
    const std::vector<Row> rows{
        {exponential, 0.5, {100, 300, 900, 2700}},
        {exponential_full_jitter, 0.0, {0, 0, 0, 0}},
        {exponential_full_jitter, almost_one, {99, 299, 899, 2699}},
        {exponential_equal_jitter, 0.0, {50, 150, 450, 1350}},
        {exponential_equal_jitter, almost_one, {99, 299, 899, 2699}},
        {linear, 0.5, {100, 200, 300, 400}},
        {linear_full_jitter, 0.0, {0, 0, 0, 0}},
        {linear_full_jitter, almost_one, {99, 199, 299, 399}},
        {linear_equal_jitter, 0.0, {50, 100, 150, 200}},
        {linear_equal_jitter, almost_one, {99, 199, 299, 399}},
        {fixed, 0.5, {100, 100, 100, 100}},
        {fixed_full_jitter, 0.25, {25, 25, 25, 25}},
        {fixed_equal_jitter, 0.5, {75, 75, 75, 75}},
    };
    for (const auto& row : rows) {
        for (std::int64_t n = 1; n <= 4; ++n) {
            INFO(to_string(row.strategy) << " n=" << n);
            CHECK(retry_delay_ms(policy(row.strategy, 100, 3), n, [&] { return row.random; }) ==
                  row.delays[static_cast<std::size_t>(n - 1)]);
        }
    }
}

TEST_CASE("max_delay caps after the jitter") {
    const auto half = [] { return 0.5; };
    CHECK(retry_delay_ms(policy(RetryStrategy::linear, 300, 2, 500), 1, half) == 300);
    CHECK(retry_delay_ms(policy(RetryStrategy::linear, 300, 2, 500), 2, half) == 500);
    CHECK(retry_delay_ms(policy(RetryStrategy::linear_full_jitter, 300, 2, 500), 4, half) == 500);
    CHECK(retry_delay_ms(policy(RetryStrategy::linear_full_jitter, 300, 2, 500), 2, half) == 300);
}

TEST_CASE("delays saturate instead of overflowing") {
    const auto most = std::numeric_limits<std::int64_t>::max();
    const auto one = [] { return almost_one; };
    for (const auto strategy : {RetryStrategy::exponential, RetryStrategy::linear,
                                RetryStrategy::fixed, RetryStrategy::exponential_full_jitter}) {
        const auto delay = retry_delay_ms(policy(strategy, most, most), 1'000'000, one);
        CHECK(delay > 0);
        CHECK(delay <= longest_delay_ms);
    }
    CHECK(retry_delay_ms(policy(RetryStrategy::exponential, 2000, 2), most, one) ==
          longest_delay_ms);
    CHECK(retry_delay_ms(policy(RetryStrategy::exponential, 2000, 1), most, one) == 2000);
}

TEST_CASE("strategy names are upstream's") {
    for (const auto name : retry_strategy_names()) {
        CHECK(to_string(*parse_retry_strategy(name)) == name);
    }
    CHECK(parse_retry_strategy("LINEAR") == RetryStrategy::linear);
    CHECK(parse_retry_strategy("FIXED_EQUAL_JITTER") == RetryStrategy::fixed_equal_jitter);
    CHECK_FALSE(parse_retry_strategy("linear"));
}
