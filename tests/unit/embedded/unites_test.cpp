#include "embedded/unites.hpp"

#include <catch2/catch.hpp>

#include "embedded/state_status.hpp"

using namespace exo::embedded;

TEST_CASE("S11 the two fingerprint vectors") {
    FingerprintInput input;
    input.graph_name = "g";
    input.identifier = "u";
    input.namespace_name = "ns";
    input.node_name = "N";
    input.run_id = "11111111-2222-3333-4444-555555555555";
    input.parents = {{"root", "65f000000000000000000001"}, {"a", "65f000000000000000000002"}};
    CHECK(state_fingerprint(input) ==
          "a6cb5c4260d17c2930e84870f63e27f6dfbdbdc7213653dac788cb3a6b197470");
    input.identifier = "é";
    CHECK(state_fingerprint(input) ==
          "2a8cd8366a53015fa73cfc074e551b85967547d66c892b4fc3f88eb0d1ec4be9");
}

TEST_CASE("a fingerprint depends on every field and escapes beyond the basic plane") {
    const FingerprintInput input{"g", "u", "", "ns", "N", "r", {{"a", "1"}}, 0};
    const auto base = state_fingerprint(input);
    auto other = input;
    other.retry_count = 1;
    CHECK(state_fingerprint(other) != base);
    other = input;
    other.manual_retry_fanout_id = "f";
    CHECK(state_fingerprint(other) != base);
    other = input;
    other.identifier = "😀\"\\\n\x01";  // what json.dumps gives: "\ud83d\ude00\"\\\n\u0001"
    CHECK(state_fingerprint(other) ==
          "3fc1946b5f5476d6c70e992b76a016f5e3c3251cd4b8c7f56d1867e8eb713dc8");
}

TEST_CASE("ALL_SUCCESS waits for a good end of everything, ALL_DONE for any end") {
    struct Row {
        DescendantCounts counts;
        bool all_success, all_done;
    };
    for (const auto& row : {Row{{0, 0}, true, true}, Row{{1, 0}, false, false},
                            Row{{0, 1}, false, true}, Row{{2, 3}, false, false}}) {
        CHECK(unites_satisfied(UnitesStrategy::all_success, row.counts) == row.all_success);
        CHECK(unites_satisfied(UnitesStrategy::all_done, row.counts) == row.all_done);
    }
}

TEST_CASE("a run's status follows from the counts of its states") {
    struct Row {
        std::vector<StateStatus> statuses;
        std::string_view status;
    };
    using enum StateStatus;
    const std::vector<Row> rows{
        {{}, "FAILED"},
        {{success, pruned, retry_created}, "SUCCESS"},
        {{success, created}, "PENDING"},
        {{queued, errored}, "PENDING"},
        {{executed}, "PENDING"},
        {{success, errored}, "FAILED"},
        {{success, next_created_error}, "FAILED"},
        {{retry_created}, "SUCCESS"},
    };
    for (const auto& row : rows) {
        StatusCounts counts;
        for (const auto status : row.statuses) {
            ++counts[status];
        }
        CHECK(counts.run_status() == row.status);
        CHECK(counts.total() == static_cast<std::int64_t>(row.statuses.size()));
        CHECK(counts.success() + counts.pending() + counts.errored() + counts.retried() ==
              counts.total());
    }
}

TEST_CASE("every status is pending, blocking or a good end") {
    int pending = 0, blocking = 0;
    for (const auto status : all_statuses) {
        CHECK_FALSE(to_string(status).empty());
        CHECK_FALSE((is_pending(status) && is_blocking(status)));
        pending += is_pending(status) ? 1 : 0;
        blocking += is_blocking(status) ? 1 : 0;
    }
    CHECK(pending == 3);
    CHECK(blocking == 3);
}
