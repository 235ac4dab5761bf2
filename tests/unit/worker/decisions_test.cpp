#include "worker/decisions.hpp"

#include <catch2/catch.hpp>

using namespace exo;
using namespace exo::worker;
using namespace std::chrono_literals;

TEST_CASE("claim-ahead covers one round trip and never hoards slow nodes") {
    CHECK(claim_target(4, 256, 10s, 1ms) == 4);    // a 10 s node claims nothing ahead
    CHECK(claim_target(4, 256, 1us, 1ms) == 256);  // a 1 us node fills the batch
    CHECK(claim_target(4, 256, 1ms, 3ms) == 16);   // 4 * (1 + 3)
    CHECK(claim_target(4, 256, 0ns, 1ms) == 4);    // nothing measured yet
    CHECK(claim_target(4, 256, 1ms, 0ns) == 4);
    CHECK(claim_target(8, 2, 1us, 1ms) == 2);  // the limit is the limit
}

TEST_CASE("inputs are bound in schema order, with defaults") {
    model::NodeSchema schema;
    schema.name = "Uppercase";
    schema.inputs = {{"text", {}, ""}, {"batch_size", "100", ""}, {"note", "", ""}};

    const auto bound =
        bind_inputs(schema, {{"batch_size", "7", ""}, {"extra", "x", ""}, {"text", "hi", ""}});
    REQUIRE(bound.has_value());
    CHECK(*bound == std::vector<std::string>{"hi", "7", ""});

    CHECK(bind_inputs(schema, {}).error().message == "input \"text\" of node Uppercase is missing");
    CHECK(bind_inputs(schema, {{"text", "", "null"}}).error().message ==
          "input \"text\" of node Uppercase must be a string, not null");
    CHECK(bind_inputs(schema, {{"text", "a", ""}, {"batch_size", "", "number"}}).error().message ==
          "input \"batch_size\" of node Uppercase must be a string, not number");
}

TEST_CASE("a missing secret is named, the others stay out of the text") {
    model::NodeSchema schema;
    schema.name = "Call";
    schema.secrets = {"api_key", "token"};
    CHECK(*bind_secrets(schema, {{"token", "t"}, {"other", "o"}, {"api_key", "k"}}) ==
          std::vector<std::string>{"k", "t"});
    const auto missing = bind_secrets(schema, {{"api_key", "planted-secret"}});
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().message ==
          "secret \"token\" of node Call is not among the graph's secrets");
}

TEST_CASE("what a report's answer means") {
    using Kind = ReportStep::Kind;
    const Timing timing;
    const model::Outcome executed = model::Executed{}, errored = model::Errored{"e"},
                         prune = model::Pruned{"{}"}, requeue = model::Requeued{1s};
    const auto step = [&](const model::Outcome& outcome, Answer::Kind kind) {
        return after_report(outcome, Answer{kind, 0, ""}, 0, timing, 0.5);
    };
    for (const auto& outcome : {executed, errored, prune, requeue}) {
        CHECK(step(outcome, Answer::Kind::accepted).kind == Kind::settled);
        CHECK(step(outcome, Answer::Kind::already_settled).kind == Kind::settled_before);
        CHECK(step(outcome, Answer::Kind::not_found).kind == Kind::unknown_state);
        CHECK(step(outcome, Answer::Kind::unauthorized).kind == Kind::reload_key);
        // The same report again, and only once the first can no longer be processed.
        CHECK(step(outcome, Answer::Kind::ambiguous).kind == Kind::again);
        CHECK(step(outcome, Answer::Kind::ambiguous).pause > timing.late_request);
        // Certain not to have arrived: no need to wait that long.
        CHECK(step(outcome, Answer::Kind::not_sent).kind == Kind::again);
        CHECK(step(outcome, Answer::Kind::not_sent).pause < timing.late_request);
    }
    CHECK(step(executed, Answer::Kind::refused).kind == Kind::report_errored);
    CHECK(step(requeue, Answer::Kind::refused).kind == Kind::report_errored);
    CHECK(step(errored, Answer::Kind::refused).kind == Kind::park);
    CHECK(step(prune, Answer::Kind::refused).kind == Kind::park);
}

TEST_CASE("pauses grow up to their cap, with full jitter") {
    const Timing timing;
    const Answer not_sent{Answer::Kind::not_sent, 0, ""};
    const auto pause = [&](unsigned attempt, double random01) {
        return after_report(model::Executed{}, not_sent, attempt, timing, random01).pause;
    };
    CHECK(pause(0, 0.0) == 1ms);
    CHECK(pause(0, 0.999) <= timing.first_pause);
    CHECK(pause(3, 0.999) > pause(2, 0.999));
    CHECK(pause(1000, 0.999) <= timing.longest_pause);
    CHECK(pause(1000, 0.999) > timing.longest_pause / 2);
}

TEST_CASE("a re-enqueue is sent again only while nobody can have claimed the state") {
    const Timing timing;  // D = 2 s, H = 10 s
    const base::WallTime first{1000s};
    CHECK(may_send_requeue_again(first + 7s, first, 10s, timing));
    CHECK_FALSE(may_send_requeue_again(first + 8s, first, 10s, timing));
    CHECK_FALSE(may_send_requeue_again(first + 1s, first, 2s, timing));

    CHECK(requeue_stays_here(9'999ms, false, timing));
    CHECK_FALSE(requeue_stays_here(10s, false, timing));
    CHECK(requeue_stays_here(1h, true, timing));  // uncertain: waited for here
}
