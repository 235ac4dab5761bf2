#include "worker/worker.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <latch>
#include <thread>

#include "unit/worker/fakes.hpp"

using namespace exo;
using namespace exo::worker;
using namespace exo::worker::test;
using namespace std::chrono_literals;

namespace {

CallResult echo(const CallRequest& request, const FakeNode::Call&) {
    model::Executed executed;
    if (!request.inputs.empty()) executed.outputs.push_back({{"text", request.inputs[0]}});
    return model::Outcome(executed);
}

FakeNode::Body returns(model::Outcome outcome) {
    return [outcome](const CallRequest&, const FakeNode::Call&) -> CallResult { return outcome; };
}

std::size_t count(const FakeServer& server, std::string_view kind) {
    return static_cast<std::size_t>(std::ranges::count(
        server.reports, kind, [](const Report& r) { return std::string_view(r.kind); }));
}

std::string error_of(const Report& report) {
    return std::get<model::Errored>(*report.outcome).error;
}

}  // namespace

TEST_CASE("every claimed state is executed and reported once") {
    Bench bench;
    bench.node("Echo", echo).schema_.inputs = {{"text", {}, ""}};
    for (int i = 0; i < 500; ++i)
        bench.server.add("s" + std::to_string(i), "Echo", {{"text", "hi", ""}});
    bench.start();
    REQUIRE(bench.until([&] { return count(bench.server, "executed") == 500; }));
    REQUIRE(bench.stop());
    CHECK(bench.server.reports.size() == 500);
    CHECK(std::get<model::Executed>(*bench.server.reports[0].outcome).outputs[0][0].second == "hi");
    CHECK(bench.worker->status().open_claims == 0);
    CHECK(bench.worker->status().slots_taken == 0);
    CHECK(bench.worker->status().nodes.at("Echo").completed == 500);
    CHECK(bench.escaped.empty());
}

TEST_CASE("registration is tried until the server takes it") {
    Bench bench;
    bench.node("Echo", echo);
    bench.server.register_answers = {Answer::Kind::not_sent, Answer::Kind::ambiguous,
                                     Answer::Kind::unauthorized, Answer::Kind::refused};
    bench.start();
    REQUIRE(bench.until([&] { return bench.server.polls > 0; }));
    CHECK(bench.server.registrations == 5);
    CHECK(bench.server.key_reloads == 1);
    CHECK(bench.stop());
}

TEST_CASE("a stop while the server is down ends the registration") {
    Bench bench;
    bench.node("Echo", echo);
    bench.options.timing.first_pause = bench.options.timing.longest_pause = base::Millis(60'000);
    bench.server.register_answers = {Answer::Kind::not_sent};
    bench.start();
    REQUIRE(bench.until([&] { return bench.server.registrations == 1; }));
    CHECK(bench.stop());
    CHECK(bench.server.polls == 0);
}

TEST_CASE("bad inputs, unknown nodes and failing nodes are errored with one clear text") {
    Bench bench;
    bench.node("Echo", echo).schema_.inputs = {{"text", {}, ""}};
    bench.node("Fail", returns(model::Errored{"std::runtime_error: boom"}));
    bench.server.add("a", "Echo", {});
    bench.server.add("b", "Echo", {{"text", "", "number"}});
    bench.server.add("c", "Nobody");
    bench.server.add("d", "Fail");
    bench.start();
    REQUIRE(bench.until([&] { return bench.server.reports.size() == 4; }));
    REQUIRE(bench.stop());
    std::map<std::string, std::string> errors;
    for (const auto& report : bench.server.reports) errors[report.state] = error_of(report);
    CHECK(errors["a"] == "input \"text\" of node Echo is missing");
    CHECK(errors["b"] == "input \"text\" of node Echo must be a string, not number");
    CHECK(errors["c"] == "node Nobody is not served by this worker");
    CHECK(errors["d"] == "std::runtime_error: boom");
    CHECK(bench.worker->status().nodes.at("Echo").failed == 2);
}

TEST_CASE("a success whose report failed is sent again, never errored") {
    Bench bench;
    bench.node("Echo", echo);
    bench.server.add("a", "Echo");
    bench.server.answer_report = [](const Report&, std::size_t nth) {
        if (nth == 0) return Answer{Answer::Kind::ambiguous, 503, "Service Unavailable"};
        if (nth == 1) return Answer{Answer::Kind::not_sent, 0, "Connection refused"};
        return Answer{Answer::Kind::already_settled, 400, "State is not queued"};
    };
    bench.start();
    REQUIRE(bench.until([&] { return bench.server.reports.size() == 3; }));
    REQUIRE(bench.stop());
    CHECK(count(bench.server, "executed") == 3);
    CHECK(bench.log->find("report had arrived") != std::string::npos);
}

TEST_CASE(
    "an executed that the server refuses for good becomes errored, so that the state does not "
    "hang") {
    Bench bench;
    bench.node("Echo", echo);
    bench.server.add("a", "Echo");
    bench.server.answer_report = [](const Report& report, std::size_t) {
        return report.kind == "executed" ? Answer{Answer::Kind::refused, 413, "too large"}
                                         : Answer{Answer::Kind::accepted, 200, ""};
    };
    bench.start();
    REQUIRE(bench.until([&] { return bench.server.reports.size() == 2; }));
    REQUIRE(bench.stop());
    CHECK(error_of(bench.server.reports[1]) ==
          "the state manager refused this state's executed report: too large");
}

TEST_CASE("an errored that is refused is parked and does not block the stop") {
    Bench bench;
    bench.node("Fail", returns(model::Errored{"boom"}));
    bench.server.add("a", "Fail");
    bench.server.answer_report = [](const Report&, std::size_t) {
        return Answer{Answer::Kind::refused, 404, "Graph template not found"};
    };
    bench.start();
    REQUIRE(bench.until([&] { return bench.worker->status().counters.parked == 1; }));
    CHECK(bench.stop());
    CHECK(bench.log->find("stopped with states whose outcome the server does not have") !=
          std::string::npos);
}

TEST_CASE("401 on a report reads the key again and keeps the outcome") {
    Bench bench;
    bench.node("Echo", echo);
    bench.server.add("a", "Echo");
    bench.server.answer_report = [](const Report&, std::size_t nth) {
        return nth < 2 ? Answer{Answer::Kind::unauthorized, 401, "Invalid API key"}
                       : Answer{Answer::Kind::accepted, 200, ""};
    };
    bench.start();
    REQUIRE(bench.until([&] { return bench.worker->status().counters.executed == 1; }));
    CHECK(bench.server.key_reloads == 2);
    CHECK(bench.stop());
}

TEST_CASE("prune is reported; a short requeue waits here, a long one is sent") {
    Bench bench;
    std::atomic<int> calls{0};
    bench.node("Gate", returns(model::Pruned{R"({"why":"closed"})"}));
    bench.node("Wait", [&](const CallRequest&, const FakeNode::Call&) -> CallResult {
        if (++calls < 3) return model::Outcome(model::Requeued{base::Millis(10)});
        return model::Outcome(model::Executed{});
    });
    bench.node("Later", returns(model::Requeued{base::Millis(60'000)}));
    bench.server.add("p", "Gate");
    bench.server.add("w", "Wait");
    bench.server.add("l", "Later");
    bench.start();
    REQUIRE(bench.until([&] { return bench.server.reports.size() == 3; }));
    REQUIRE(bench.stop());
    CHECK(calls == 3);
    CHECK(count(bench.server, "prune") == 1);
    CHECK(count(bench.server, "executed") == 1);
    CHECK(count(bench.server, "re-enqueue-after") == 1);
}

TEST_CASE("a re-enqueue whose fate stays unknown is run here again and never handed back") {
    Bench bench;
    std::atomic<int> calls{0};
    bench.node("Later", [&](const CallRequest&, const FakeNode::Call&) -> CallResult {
        if (++calls == 1) return model::Outcome(model::Requeued{base::Millis(250)});
        return model::Outcome(model::Executed{});
    });
    bench.server.add("l", "Later");
    bench.server.answer_report = [](const Report& report, std::size_t) {
        return Answer{report.kind == "executed" ? Answer::Kind::accepted : Answer::Kind::ambiguous,
                      503, ""};
    };
    bench.start();
    REQUIRE(bench.until([&] { return count(bench.server, "executed") == 1; }));
    CHECK(calls == 2);
    CHECK(bench.stop());
}

TEST_CASE(
    "secrets reach the node; when they cannot be had the state is errored after the patience") {
    Bench bench;
    std::string seen;
    bench
        .node("Call",
              [&](const CallRequest& request, const FakeNode::Call&) -> CallResult {
                  seen = request.secrets.at(0);
                  return model::Outcome(model::Executed{});
              })
        .schema_.secrets = {"api_key"};
    bench.server.secret_values = {{"api_key", "planted-secret"}};
    bench.server.add("a", "Call");
    bench.start();
    REQUIRE(bench.until([&] { return bench.server.reports.size() == 1; }));
    CHECK(seen == "planted-secret");
    bench.server.secrets_fail = true;
    bench.server.add("b", "Call");
    REQUIRE(bench.until([&] { return bench.server.reports.size() == 2; }));
    CHECK(error_of(bench.server.reports[1]) == "secrets of the state could not be fetched: down");
    CHECK(bench.stop());
    CHECK(bench.log->find("planted-secret") == std::string::npos);
}

TEST_CASE("a node past its timeout is cancelled and errored; one that hangs is written off") {
    Bench bench;
    bench.options.nodes["Slow"].timeout = base::Millis(20);
    bench.options.nodes["Hang"].timeout = base::Millis(20);
    bench.options.timing.cancel_grace = base::Millis(50);
    std::latch let_go(1);
    bench.node("Slow", [](const CallRequest&, const FakeNode::Call& call) -> CallResult {
        while (!call.cancelled) std::this_thread::yield();
        return GaveUp{};
    });
    bench.node("Hang", [&](const CallRequest&, const FakeNode::Call&) -> CallResult {
        let_go.wait();
        return model::Outcome(model::Executed{});  // a late outcome is ignored
    });
    bench.server.add("s", "Slow");
    bench.server.add("h", "Hang");
    bench.start();
    REQUIRE(bench.until([&] { return bench.server.reports.size() == 2; }));
    CHECK(bench.threads_lost == 1);
    std::map<std::string, std::string> errors;
    for (const auto& report : bench.server.reports) errors[report.state] = error_of(report);
    CHECK(errors["s"] == "node Slow timed out after 20ms");
    CHECK(errors["h"] == "node Hang timed out and did not react to cancellation");
    let_go.count_down();
    CHECK(bench.stop());
    CHECK(bench.server.reports.size() == 2);
}

TEST_CASE("a node that watches its deadline itself has timed out as well") {
    Bench bench;
    bench.options.nodes["Watch"].timeout = base::Millis(10);
    bench.node("Watch", [](const CallRequest& request, const FakeNode::Call&) -> CallResult {
        while (std::chrono::steady_clock::now() < request.deadline) std::this_thread::yield();
        return GaveUp{};  // most often before the worker's own timer has fired
    });
    for (int i = 0; i < 20; ++i) bench.server.add("w" + std::to_string(i), "Watch");
    bench.start();
    REQUIRE(bench.until([&] { return bench.server.reports.size() == 20; }));
    for (const auto& report : bench.server.reports)
        CHECK(error_of(report) == "node Watch timed out after 10ms");
    CHECK(bench.stop());
}

TEST_CASE("a stop lets running nodes finish and hands back what never started") {
    Bench bench;
    std::latch started(2), let_go(1);
    bench.node("Slow", [&](const CallRequest&, const FakeNode::Call&) -> CallResult {
        started.count_down();
        let_go.wait();
        return model::Outcome(model::Executed{});
    });
    // More than may run: as if the node had been fast until now.
    for (int i = 0; i < 8; ++i) bench.server.add("s" + std::to_string(i), "Slow");
    bench.start();
    REQUIRE(bench.until([&] { return started.try_wait(); }));
    const auto left_on_server = bench.server.available.size();
    bench.worker->stop();
    const auto polls = bench.server.polls;
    let_go.count_down();
    REQUIRE(bench.until([&] { return bench.ended; }));
    CHECK(bench.server.polls == polls);
    CHECK(count(bench.server, "executed") + bench.worker->status().counters.handed_back +
              left_on_server ==
          8);
    CHECK(count(bench.server, "executed") == 2);
    CHECK(count(bench.server, "errored") == 0);
}

TEST_CASE("a hand-back holds the state first and frees it once that is certain") {
    Bench bench;
    bench.node("Wait", returns(model::Requeued{base::Millis(150)}));
    bench.server.add("w", "Wait");
    bench.start();
    REQUIRE(bench.until([&] { return bench.worker->status().nodes.at("Wait").completed == 1; }));
    REQUIRE(bench.stop());
    REQUIRE(bench.server.reports.size() == 2);
    CHECK(std::get<model::Requeued>(*bench.server.reports[0].outcome).after ==
          bench.options.timing.hold);
    CHECK(std::get<model::Requeued>(*bench.server.reports[1].outcome).after == base::Millis(1));
}

TEST_CASE("the drain's end cancels what still runs; a second stop does so at once") {
    for (const bool twice : {false, true}) {
        Bench bench;
        bench.options.drain_timeout = twice ? base::Millis(60'000) : base::Millis(50);
        std::atomic<bool> running{false};
        bench.node("Slow", [&](const CallRequest&, const FakeNode::Call& call) -> CallResult {
            running = true;
            while (!call.cancelled) std::this_thread::yield();
            return GaveUp{};
        });
        bench.server.add("s", "Slow");
        bench.start();
        REQUIRE(bench.until([&] { return running.load(); }));
        bench.worker->stop();
        if (twice) bench.worker->stop();
        REQUIRE(bench.until([&] { return bench.ended; }));
        CHECK(count(bench.server, "re-enqueue-after") == 2);  // held, then freed
        CHECK(count(bench.server, "errored") == 0);
    }
}

TEST_CASE("a node with a limit is asked for in its own enqueue and never exceeds it") {
    Bench bench;
    bench.options.nodes["Slow"].max_concurrency = 1;
    std::atomic<int> now{0}, most{0};
    bench.node("Slow", [&](const CallRequest&, const FakeNode::Call&) -> CallResult {
        most = std::max(most.load(), ++now);
        std::this_thread::sleep_for(1ms);
        --now;
        return model::Outcome(model::Executed{});
    });
    bench.node("Echo", echo);
    bench.node("Off", echo);
    bench.options.nodes["Off"].enabled = false;
    for (int i = 0; i < 20; ++i)
        bench.server.add("s" + std::to_string(i), i % 2 == 0 ? "Slow" : "Echo");
    bench.start();
    REQUIRE(bench.until([&] { return bench.server.reports.size() == 20; }));
    CHECK(most == 1);
    for (const auto& nodes : bench.server.polled_nodes) {
        CHECK((nodes == std::vector<std::string>{"Slow"} ||
               nodes == std::vector<std::string>{"Echo"}));
    }
    CHECK(bench.stop());
}

TEST_CASE("when too many outcomes are unreported, nothing more is claimed") {
    Bench bench;
    bench.options.max_unreported = 3;
    bool down = true;
    bench.node("Echo", echo);
    for (int i = 0; i < 50; ++i) bench.server.add("s" + std::to_string(i), "Echo");
    bench.server.answer_report = [&](const Report&, std::size_t) {
        return Answer{down ? Answer::Kind::not_sent : Answer::Kind::accepted, 200, ""};
    };
    bench.start();
    REQUIRE(bench.until([&] { return bench.server.reports.size() > 200; }));
    CHECK(bench.server.available.size() >= 50 - 3 - bench.options.workers);
    down = false;
    REQUIRE(bench.until([&] { return bench.worker->status().counters.executed == 50; }));
    CHECK(bench.stop());
}

TEST_CASE("a state that is claimed twice is executed once, under the newer claim") {
    Bench bench;
    std::latch let_go(1);
    std::atomic<int> calls{0};
    bench.node("Slow", [&](const CallRequest&, const FakeNode::Call&) -> CallResult {
        ++calls;
        let_go.wait();
        return model::Outcome(model::Executed{});
    });
    bench.server.add("s", "Slow");
    bench.start();
    REQUIRE(bench.until([&] { return calls == 1; }));
    bench.server.add("s", "Slow");
    REQUIRE(bench.until([&] { return bench.log->find("claimed again") != std::string::npos; }));
    let_go.count_down();
    REQUIRE(bench.until([&] { return bench.server.reports.size() == 1; }));
    REQUIRE(bench.stop());
    CHECK(calls == 1);
    CHECK(bench.server.reports.size() == 1);
    CHECK(bench.worker->status().slots_taken == 0);
}

TEST_CASE("a server that never answers a report does not hold up the end of a drain") {
    Bench bench;
    bench.options.timing.flush_limit = base::Millis(50);
    bench.node("Echo", echo);
    bench.server.add("a", "Echo");
    bench.server.answer_report = [](const Report&, std::size_t) {
        return Answer{Answer::Kind::ambiguous, 503, ""};
    };
    bench.start();
    REQUIRE(bench.until([&] { return !bench.server.reports.empty(); }));
    REQUIRE(bench.stop());
    CHECK(bench.worker->status().open_claims == 0);
    CHECK(bench.log->find("stopped with states whose outcome the server does not have") !=
          std::string::npos);
}
