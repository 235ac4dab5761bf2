#include "base/clock.hpp"

#include <catch2/catch.hpp>

using exo::base::to_text;
using namespace std::chrono_literals;

TEST_CASE("durations read as a person would write them") {
    CHECK(to_text(0ms) == "0ms");
    CHECK(to_text(250ms) == "250ms");
    CHECK(to_text(4s) == "4s");
    CHECK(to_text(1500ms) == "1.5s");
    CHECK(to_text(150s) == "2m30s");
    CHECK(to_text(3h) == "3h");
    CHECK(to_text(3h + 5min) == "3h5m");
}
