#include "control/control.hpp"

#include <catch2/catch.hpp>
#include <exosphere/testing.hpp>

#include "control/timestamp.hpp"

using exosphere::testing::Ending;
using exosphere::testing::run;
using namespace std::chrono_literals;

TEST_CASE("Gate lets a value pass or prunes the branch") {
    CHECK(run<control::Gate>({.value = "true"}).output().value == "true");
    CHECK(run<control::Gate>({.value = "a", .equals = "a"}).output().value == "a");
    const auto closed = run<control::Gate>({.value = "say \"no\"", .equals = "yes"});
    CHECK(closed.ending == Ending::pruned);
    CHECK(closed.pruned ==
          R"({"reason":"the gate is closed","value":"say \"no\"","equals":"yes"})");
}

TEST_CASE("WaitUntil re-enqueues until the time has come") {
    // Simulated time starts at 2026-01-01T00:00:00Z.
    const auto wait = [](const char* time) { return run<control::WaitUntil>({.time = time}); };
    CHECK(wait("2026-01-01T00:00:00Z").executed());
    CHECK(wait("2025-12-31T23:59:59Z").output().time == "2025-12-31T23:59:59Z");
    CHECK(wait("1767225600").executed());
    CHECK(wait("2026-01-01T00:00:03Z").requeued_after == 3s);
    CHECK(wait("2026-01-01T00:00:00.250Z").requeued_after == 250ms);
    CHECK(wait("2026-01-01T01:00:01+01:00").requeued_after == 1s);
    CHECK(wait("2025-12-31T20:30:00-03:30").executed());
    CHECK(wait("2027-01-01T00:00:00Z").requeued_after == 24h);
}

TEST_CASE("WaitUntil names a time that is none") {
    for (const char* bad :
         {"", "soon", "2026-02-30T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z",
          "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "-5"}) {
        CAPTURE(bad);
        CHECK_THAT(run<control::WaitUntil>({.time = bad}).error, Catch::Contains("time: "));
    }
}

TEST_CASE("Fail fails always, for one value, or once for a key") {
    CHECK_THAT(run<control::Fail>({.message = "boom"}).error, Catch::EndsWith("boom"));
    CHECK(run<control::Fail>({.value = "1", .equals = "2"}).output().value == "1");
    CHECK(run<control::Fail>({.value = "2", .equals = "2"}).ending == Ending::errored);
    const control::Fail::Inputs once{.value = "2", .equals = "2", .once_key = "run-1"};
    CHECK(run<control::Fail>({.value = "1", .equals = "2", .once_key = "run-1"}).executed());
    CHECK(run<control::Fail>(once).ending == Ending::errored);
    CHECK(run<control::Fail>(once).output().value == "2");
    CHECK(run<control::Fail>({.once_key = "run-2"}).ending == Ending::errored);
}
