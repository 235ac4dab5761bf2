#include "model/state.hpp"

#include <catch2/catch.hpp>

using namespace exo::model;

TEST_CASE("a state id that could change a URL is refused") {
    CHECK(StateId::parse("65f000000000000000000001").has_value());
    for (const auto* bad : {"", "a/b", "..", "a?b", "a#b", "a b", "\xc3\xa9", "%2F"}) {
        INFO(bad);
        CHECK_FALSE(StateId::parse(bad).has_value());
    }
    CHECK_FALSE(StateId::parse(std::string(65, 'a')).has_value());
    CHECK(StateId::parse(std::string(64, 'a')).has_value());
}

TEST_CASE("outcomes carry upstream's words") {
    CHECK(kind_of(Executed{}) == "executed");
    CHECK(kind_of(Errored{}) == "errored");
    CHECK(kind_of(Pruned{}) == "prune");
    CHECK(kind_of(Requeued{}) == "re-enqueue-after");
}
