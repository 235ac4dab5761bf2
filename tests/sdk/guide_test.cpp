// What docs/plugin-guide.md promises, tried.
#include "guide.hpp"

#include <catch2/catch.hpp>
#include <exosphere/testing.hpp>

using exosphere::testing::Ending;

// [test]
TEST_CASE("Uppercase shouts") {
    const auto outcome = exosphere::testing::run<Uppercase>({.text = "hi"});
    REQUIRE(outcome.output().text == "HI");
}

TEST_CASE("PollBatch asks again in half a minute") {
    const auto outcome = exosphere::testing::run<PollBatch>({.status = "pending"});
    CHECK(outcome.ending == exosphere::testing::Ending::requeued);
    CHECK(outcome.requeued_after == 30s);
}

TEST_CASE("Fetch uses its secrets and says nothing of them") {
    const auto outcome = exosphere::testing::run<Fetch>(
        {.user_id = "7"}, {.secrets = {.api_key = "k-123", .database_url = "db"}});
    CHECK(outcome.output().status == "ok");
    CHECK_FALSE(outcome.logged("k-123"));
}

TEST_CASE("Reminder gives up at its deadline") {
    const auto outcome = exosphere::testing::run<Reminder>({.text = "tea"}, {.timeout = 1min});
    CHECK(outcome.ending == exosphere::testing::Ending::gave_up);  // in no real time at all
}
// [/test]

TEST_CASE("the guide's other nodes do what it says") {
    using exosphere::testing::run;
    CHECK(run<Split>({.text = "a\nb\n"}).outputs.size() == 2);
    CHECK(run<PollBatch>({.status = "duplicate"}).pruned == R"({"reason":"duplicate"})");
    CHECK(run<PollBatch>({.status = "x"}).error == "std::runtime_error: unknown status x");
    CHECK(run<Patient>({}, {.timeout = 5s}).logged("5000 ms left"));
    CHECK(run<Patient>({}, {.cancel_at_check = 3}).ending == Ending::gave_up);
    CHECK(run<Counter>().output().count == "1");
    CHECK(run<Reminder>({.text = "tea"}).output().text == "tea");
    CHECK(run<Timer>().output().waited_ms == "5");
    CHECK(exosphere::testing::init<CheckConfig>({}).value_or("").ends_with("needs a root"));
}

TEST_CASE("the guide's loop of its own serves, and is cancelled, many times at once") {
    exosphere::testing::Runner<Timer> runner({.cancel_when_waiting = true});
    std::vector<std::thread> threads;
    std::atomic<int> ended{0};
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 25; ++k) ended += runner.run().ending != Ending::never_ended;
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(ended == 100);
}

TEST_CASE("the guide's plugin describes its nodes as the guide says") {
    const exo_plugin* plugin = exosphere_plugin_v1();
    REQUIRE(plugin != nullptr);
    CHECK(plugin->node_count == 8);
    CHECK(plugin->init != nullptr);
    const exo_node& fetch = *plugin->nodes[1];
    using exosphere::detail::to_view;
    CHECK(to_view(fetch.name) == "Fetch");
    CHECK(to_view(fetch.doc) == "Fetches a record of the customer database.");
    REQUIRE(fetch.input_count == 3);
    CHECK(fetch.inputs[0]->flags == 0);
    CHECK(to_view(fetch.inputs[1]->default_value) == "100");
    CHECK(fetch.inputs[2]->flags == EXO_FIELD_DEFAULT);
    CHECK(to_view(fetch.inputs[2]->doc) == "Only records whose name contains this.");
    CHECK(fetch.output_count == 4);
    CHECK(to_view(fetch.secrets[1]->name) == "database_url");
}
