#include <exosphere/testing.hpp>

#include <catch2/catch.hpp>
#include <functional>
#include <stdexcept>
#include <thread>

using exosphere::testing::Ending;
using exosphere::testing::run;
using namespace std::chrono_literals;

namespace {

struct Text {
    std::string text;
};

struct Later : exosphere::AsyncNode<Later> {
    struct Inputs {
        std::string text;
    };
    using Outputs = Text;
    void execute(const Inputs& in, exosphere::Completion<Outputs> done) {
        done.context().submit_after(10min, [&in, done] { done.complete({in.text}); });
    }
};

struct AtOnce : exosphere::AsyncNode<AtOnce> {
    using Outputs = Text;
    void execute(exosphere::Completion<Outputs> done) { done.complete({"now"}); }
};

struct FromOwnThread : exosphere::AsyncNode<FromOwnThread> {
    struct Secrets {
        std::string key;
    };
    using Outputs = Text;
    void execute(const Secrets& secrets, exosphere::Completion<Outputs> done) {
        thread_ = std::thread([&secrets, done = std::move(done)] { done.complete({secrets.key}); });
    }
    ~FromOwnThread() {
        if (thread_.joinable()) thread_.join();
    }
    std::thread thread_;
};

struct Ends : exosphere::AsyncNode<Ends> {
    struct Inputs {
        std::string how;
    };
    using Outputs = Text;
    void execute(Inputs in, exosphere::Completion<Outputs> done) {
        if (in.how == "throws") throw std::runtime_error("before it began");
        if (in.how == "throws prune") throw exosphere::Prune{};
        if (in.how == "throws late") {
            done.complete({"first"});
            throw std::runtime_error("too late");
        }
        done.context().submit([in, done] { end(in.how, done); });
    }
    static void end(const std::string& how, const exosphere::Completion<Outputs>& done) {
        if (how == "nothing") done.complete();
        if (how == "fan-out") done.complete({{"a"}, {"b"}});
        if (how == "prune") done.prune(R"({"why":"not needed"})");
        if (how == "requeue") done.requeue(2s);
        if (how == "fail") done.fail("gave it up");
        if (how == "give up") done.give_up();
        if (how == "exception") {
            done.fail(std::make_exception_ptr(std::out_of_range("7")));
        }
        if (how == "twice") {
            const bool first = done.complete({"first"});
            const bool second = done.fail("second");
            if (!first || second) std::abort();
        }
        if (how == "work throws") throw std::logic_error("lost in the pool");
        // "dropped": no outcome at all
    }
};

struct Waits : exosphere::AsyncNode<Waits> {
    void execute(exosphere::Completion<Outputs> done) {
        done.context().on_cancel([done] { done.give_up(); });
        done.context().submit_after(1h, [done] { done.complete(); });
    }
};

struct NeverEnds : exosphere::AsyncNode<NeverEnds> {
    static inline std::function<void()> kept;  // copyable, as many callback libraries want it
    void execute(exosphere::Completion<Outputs> done) {
        kept = [done] { done.complete(); };
    }
};

struct OneLoop : exosphere::SharedAsyncNode<OneLoop> {
    using Outputs = Text;
    void execute(exosphere::Completion<Outputs> done) {
        done.context().submit([this, done] { done.complete({std::to_string(++count_)}); });
    }
    int count_ = 0;  // touched by submitted work only
};

struct Background : exosphere::Node<Background> {
    void execute(exosphere::Context& ctx) {
        const exosphere::Host host = ctx;
        ctx.submit([host] { host.log("in the background"); });
        ctx.submit([] { throw std::runtime_error("lost"); });
    }
};

}  // namespace

TEST_CASE("an asynchronous node completes later, in simulated time") {
    const auto outcome = run<Later>({.text = "hi"});
    CHECK(outcome.output().text == "hi");
    CHECK(outcome.ended_at - exosphere::testing::Options<Later>{}.now == 10min);
}

TEST_CASE("an asynchronous node may complete inside execute") {
    CHECK(run<AtOnce>().output().text == "now");
}

TEST_CASE("an asynchronous node may complete on a thread of its own, which destroy joins") {
    for (int i = 0; i < 20; ++i) {
        CHECK(run<FromOwnThread>({}, {.secrets = {.key = "k"}}).output().text == "k");
    }
}

TEST_CASE("a completion carries every outcome") {
    CHECK(run<Ends>({.how = "nothing"}).executed());
    CHECK(run<Ends>({.how = "fan-out"}).outputs.size() == 2);
    CHECK(run<Ends>({.how = "prune"}).pruned == R"({"why":"not needed"})");
    CHECK(run<Ends>({.how = "requeue"}).requeued_after == 2s);
    CHECK(run<Ends>({.how = "fail"}).error == "gave it up");
    CHECK(run<Ends>({.how = "exception"}).error == "std::out_of_range: 7");
    CHECK(run<Ends>({.how = "give up"}).ending == Ending::gave_up);
}

TEST_CASE("the first completion wins") {
    CHECK(run<Ends>({.how = "twice"}).output().text == "first");
}

TEST_CASE("what execute throws ends the call, unless it has ended") {
    CHECK(run<Ends>({.how = "throws"}).error == "std::runtime_error: before it began");
    CHECK(run<Ends>({.how = "throws prune"}).ending == Ending::pruned);
    const auto late = run<Ends>({.how = "throws late"});
    CHECK(late.output().text == "first");
    CHECK(late.logged("too late"));
}

TEST_CASE("a completion that is dropped without an outcome is an error") {
    const auto dropped = run<Ends>({.how = "dropped"});
    CHECK_THAT(dropped.error, Catch::Contains("dropped its completion"));
    const auto lost = run<Ends>({.how = "work throws"});
    CHECK_THAT(lost.error, Catch::Contains("dropped its completion"));
}

TEST_CASE("a waiting node is woken by cancellation and by its deadline") {
    CHECK(run<Waits>({}, {.cancel_when_waiting = true}).ending == Ending::gave_up);
    const auto late = run<Waits>({}, {.timeout = 5s});
    CHECK(late.ending == Ending::gave_up);
    CHECK(late.ended_at - exosphere::testing::Options<Waits>{}.now == 5s);
    CHECK(run<Waits>().executed());
}

TEST_CASE("waiting for a node that never ends is bounded") {
    const auto outcome = run<NeverEnds>({}, {.patience = 20ms});
    CHECK(outcome.ending == Ending::never_ended);
    NeverEnds::kept();  // late, and harmless
    NeverEnds::kept = nullptr;
}

TEST_CASE("a shared asynchronous node keeps its instance between executions") {
    exosphere::testing::Runner<OneLoop> runner;
    CHECK(runner.run().output().text == "1");
    CHECK(runner.run().output().text == "2");
}

TEST_CASE("submitted work runs, and what it throws is logged") {
    exosphere::testing::Runner<Background> runner;
    const auto outcome = runner.run();
    CHECK(outcome.executed());
    auto log = outcome.log;  // the work may have been faster than the end of the call
    const auto logged = [&](std::string_view part) {
        for (const auto& line : log) {
            if (line.text.find(part) != std::string::npos) return true;
        }
        return false;
    };
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    while (!logged("std::runtime_error: lost") && std::chrono::steady_clock::now() < give_up) {
        for (auto& line : runner.take_log()) log.push_back(std::move(line));
        std::this_thread::yield();
    }
    CHECK(logged("in the background"));
    CHECK(logged("std::runtime_error: lost"));
}
