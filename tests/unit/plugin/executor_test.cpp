// Executing nodes: every outcome, every broken rule, from every thread.
#include <atomic>

#include "fixture.hpp"

using namespace exo;
using namespace exo::test;
using Catch::Matchers::Contains;

namespace {

const std::string a_secret = "correct horse";

std::string act(World& world, const std::string& what, const std::string& text = "") {
    return run(world.node("Act"), request({what, text}, {a_secret}));
}

World& acts(World& world) { return world.add(fixture("acts.so")).load(); }

}  // namespace

TEST_CASE("a call ends with the outcome that its node gave") {
    World world;
    acts(world);
    const auto [what, text, expected] = GENERATE(table<std::string, std::string, std::string>({
        {"echo", "grüße", "executed text=grüße"},
        {"twice", "x", "executed text=x | text=x"},
        {"nothing", "", "executed"},
        {"prune", R"({"why":"done"})", R"(prune {"why":"done"})"},
        {"prune", "", "prune {}"},
        {"requeue", "1500", "re-enqueue-after 1500"},
        {"requeue", "31622400000", "re-enqueue-after 31622400000"},
        {"fail", "disk is full", "errored disk is full"},
        {"fail", "", "errored node Act failed without saying why"},
        {"fail after emit", "too late", "errored too late"},
        {"fail silently", "", "errored node Act failed without saying why"},
        {"later", "from a thread", "executed text=from a thread"},
        {"finish early", "before the return", "executed text=before the return"},
        {"timer", "after a delay", "executed text=after a delay"},
    }));
    CAPTURE(what, text);
    CHECK(act(world, what, text) == expected);
    // Every other instance is destroyed, if perhaps a little after its outcome was told.
    const auto until = std::chrono::steady_clock::now() + patience;
    std::string count;
    do {
        count = act(world, "count");
    } while (count != "executed text=1" && std::chrono::steady_clock::now() < until);
    CHECK(count == "executed text=1");
}

TEST_CASE("a node that breaks the rules is errored with a sentence that says how") {
    World world;
    acts(world);
    const auto [what, text, expected] = GENERATE(table<std::string, std::string, std::string>({
        {"throw int", "",
         "errored node Act threw an exception of type int across the plugin boundary"},
        {"throw runtime_error", "no disk",
         "errored node Act threw an exception of type std::runtime_error across the plugin "
         "boundary: no disk"},
        {"unknown status", "", "errored node Act ended with the unknown status 77"},
        {"pretend cancelled", "",
         "errored node Act gave up as if cancelled, but nobody cancelled it"},
        {"wrong n", "", "errored node Act emitted 2 values for its 1 output"},
        {"null values", "", "errored node Act emitted NULL as its values"},
        {"null with length", "", "errored node Act emitted output \"text\" as NULL with a length"},
        {"echo", "\xff\xfe", "errored node Act emitted output \"text\" that is not UTF-8"},
        {"emit after prune", "", "errored node Act emitted outputs after prune or requeue"},
        {"prune", "[]", "errored node Act pruned with data that is not a JSON object in UTF-8"},
        {"requeue", "0", "errored node Act requeued after 0 ms, allowed are 1 ms to 366 days"},
        {"requeue", "31622400001",
         "errored node Act requeued after 31622400001 ms, allowed are 1 ms to 366 days"},
        {"many", "", "errored node Act emitted outputs of over 15 MiB in total"},
    }));
    CAPTURE(what, text);
    CHECK(act(world, what, text) == expected);
    CHECK(act(world, "echo", "alive") == "executed text=alive");
}

TEST_CASE("a second finish and any use of an ended call are refused and logged") {
    World world;
    world.options.on_line = {};
    acts(world);
    CHECK(act(world, "finish twice") == "executed text=once");
    CHECK(act(world, "remember") == "executed text=remembered");
    CHECK(act(world, "use remembered") == "executed text=refused");
    CHECK(act(world, "finish without async", "x") == "executed text=x");
    CHECK(world.executor->shutdown(patience));
    CHECK_THAT(*world.log_text, Contains("finish() with a call that has ended or never was"));
    CHECK_THAT(*world.log_text, Contains("node=Act"));
    CHECK_THAT(*world.log_text, Contains("finish() without EXO_ASYNC"));
}

TEST_CASE("create() that returns NULL or throws errors the call") {
    World world;
    acts(world);
    CHECK(run(world.node("Null"), request({})) ==
          "errored node Null could not be created: no device to open");
    CHECK(run(world.node("Throwing"), request({})) ==
          "errored node Throwing could not be created: create() threw an exception of type int "
          "across the plugin boundary");
}

TEST_CASE("a shared node has one instance for all its calls") {
    World world(4);
    acts(world);
    std::vector<Started> calls;
    for (int i = 0; i < 100; ++i) calls.push_back(start(world.node("Shared"), request({})));
    for (auto& call : calls) CHECK(words(call.get()) == "executed text=1");
    CHECK(world.executor->shutdown(patience));
}

TEST_CASE("a call that is cancelled or past its deadline gives up") {
    World world;
    acts(world);
    const auto act_node = world.node("Act");
    SECTION("while it asks cancelled()") {
        auto call = start(act_node, request({"spin until cancelled", ""}, {a_secret}));
        call.running->cancel();
        call.running->cancel();
        CHECK(words(call.get()) == "gave up");
    }
    SECTION("by its deadline alone") {
        auto late = request({"spin until cancelled", ""}, {a_secret});
        late.deadline = std::chrono::steady_clock::now() + 30ms;
        CHECK(words(start(act_node, late).get()) == "gave up");
    }
    SECTION("before it began") {
        auto late = request({"echo", "never"}, {a_secret});
        late.deadline = std::chrono::steady_clock::now() - 1ms;
        CHECK(words(start(act_node, late).get()) == "gave up");
    }
    SECTION("asynchronously, through its cancel hook") {
        auto call = start(act_node, request({"wait for hook", ""}, {a_secret}));
        auto* const running = call.running.get();
        // The hook is for a call that executes: one cancelled before it began just gives up.
        running->cancel();
        CHECK(words(call.get()) == "gave up");
        running->cancel();  // after the end: nothing
    }
}

TEST_CASE("the cancel hook reaches nodes that block every thread of the pool") {
    World world(2);
    acts(world);
    std::vector<Started> calls;
    for (int i = 0; i < 6; ++i)
        calls.push_back(start(world.node("Act"), request({"block until hook", ""}, {a_secret})));
    for (auto& call : calls) call.running->cancel();
    for (auto& call : calls) CHECK(words(call.get()) == "gave up");
}

TEST_CASE("a cancel at any moment of a call's begin is not missed") {
    World world(2);
    acts(world);
    for (int i = 0; i < 2000; ++i) {
        auto call = start(world.node("Act"), request({"wait for hook", ""}, {a_secret}));
        const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(i * 20);
        while (std::chrono::steady_clock::now() < until) {
        }
        call.running->cancel();
        REQUIRE(words(call.get()) == "gave up");
    }
    CHECK(world.executor->shutdown(patience));
}

TEST_CASE("a call's secrets are covered in its log lines and in its error") {
    World world;
    acts(world);
    CHECK(act(world, "tell secret") == "errored the key is ***!");
    CHECK(act(world, "throw runtime_error", "key " + a_secret + " refused") ==
          "errored node Act threw an exception of type std::runtime_error across the plugin "
          "boundary: key *** refused");
    CHECK(world.executor->shutdown(patience));
    CHECK(world.lines->contains("acts/Act/state-1: the key is ***!\n"));
    CHECK(world.lines->contains("acts/Act/state-1: no call, the key is ***!\n"));
    CHECK_FALSE(world.lines->contains(a_secret));
    CHECK_THAT(*world.log_text, !Contains(a_secret));
}

TEST_CASE("a call's secrets are wiped from memory when it ends") {
    World world;
    acts(world);
    auto call = start(world.node("Act"), request({"remember secret", ""}, {"short"}));
    CHECK(words(call.get()) == "executed text=remembered");
    // call.running keeps the place where it was.
    CHECK(act(world, "look at remembered secret") == "executed text=gone");
}

TEST_CASE("lines of nodes go to the log with plugin, node and state") {
    World world;
    world.options.on_line = {};
    acts(world);
    CHECK(act(world, "tell secret") == "errored the key is ***!");
    CHECK(world.executor->shutdown(patience));
    CHECK_THAT(*world.log_text, Contains("acts is up: plugin=acts"));
    CHECK_THAT(*world.log_text, Contains("the key is ***!: plugin=acts node=Act state=state-1"));
    CHECK_THAT(*world.log_text, Contains("acts is down: plugin=acts"));
}

TEST_CASE("info tells what is known of the call and nothing else") {
    World world;
    acts(world);
    CHECK(act(world, "info") == "executed text=state-1|Act|first|test-namespace||||none");
    auto timed = request({"info", ""}, {a_secret});
    timed.deadline = std::chrono::steady_clock::now() + 1h;
    CHECK_THAT(run(world.node("Act"), timed), Contains("|deadline"));
}

TEST_CASE("a plugin sees its own configuration and nobody else's") {
    World world;
    world.options.plugins.config["acts"] = {{"root", "/srv"}, {"depth", "3"}};
    world.options.plugins.config["other"] = {{"password", "x"}};
    acts(world);
    CHECK(act(world, "config", "root") == "executed text=/srv;depth=3;root=/srv");
    CHECK(act(world, "config", "password") == "executed text=no such key");
}

TEST_CASE("a call that waits without a thread says so once, before it is done") {
    World world;
    acts(world);
    const auto waits = [&](const std::string& what) {
        const auto count = std::make_shared<std::atomic<int>>(0);
        auto asked = request({what, "x"}, {a_secret});
        asked.on_waiting = [count] { ++*count; };
        CHECK(run(world.node("Act"), std::move(asked)) == "executed text=x");
        return count->load();
    };
    CHECK(waits("timer") == 1);
    CHECK(waits("echo") == 0);
    CHECK(waits("finish early") == 0);
}

TEST_CASE("a thousand asynchronous calls are under way at once on two threads") {
    World world(2);
    acts(world);
    std::vector<Started> calls;
    for (int i = 0; i < 1000; ++i)
        calls.push_back(start(world.node("Act"), request({"gather", "1000"}, {a_secret})));
    for (auto& call : calls) CHECK(words(call.get()) == "executed text=gathered");
    CHECK(world.executor->shutdown(patience));
}

TEST_CASE("calls from many threads, many kinds, many times") {
    World world(4);
    acts(world);
    std::vector<Started> calls;
    for (int i = 0; i < 400; ++i) {
        for (const char* what : {"echo", "later", "finish early", "finish twice", "timer"}) {
            calls.push_back(start(world.node("Act"), request({what, "once"}, {a_secret})));
            if (i % 7 == 0) calls.back().running->cancel();
        }
    }
    for (auto& call : calls) {
        const auto result = words(call.get());
        CHECK((result == "executed text=once" || result == "gave up"));
    }
    CHECK(world.executor->shutdown(patience));
}

TEST_CASE("shutdown cancels what runs, waits for it, and takes no more") {
    World world;
    acts(world);
    const auto node = world.node("Act");
    auto spinning = start(node, request({"spin until cancelled", ""}, {a_secret}));
    auto waiting = start(node, request({"wait for hook", ""}, {a_secret}));
    CHECK(world.executor->shutdown(patience));
    CHECK(words(spinning.get()) == "gave up");
    CHECK(words(waiting.get()) == "gave up");
    CHECK(run(node, request({"echo", "x"}, {a_secret})) ==
          "errored node Act cannot start: its plugin is shutting down");
    CHECK(world.lines->contains("acts is down"));
}

TEST_CASE("shutdown ends delays early, and what was submitted runs") {
    World world;
    acts(world);
    auto waits = request({"long timer", "an hour early"}, {a_secret});
    std::promise<void> waiting;
    waits.on_waiting = [&] { waiting.set_value(); };
    auto call = start(world.node("Act"), std::move(waits));
    REQUIRE(waiting.get_future().wait_for(patience) == std::future_status::ready);
    CHECK(world.executor->shutdown(patience));
    CHECK(words(call.get()) == "executed text=an hour early");
}

TEST_CASE("a call that does not end in time is let go at shutdown") {
    World world;
    acts(world);
    const auto node = world.node("Act");
    std::atomic<bool> told{false};
    std::promise<void> waiting;
    auto waits = request({"gather", "2"}, {a_secret});  // for a second caller that never comes
    waits.on_waiting = [&] { waiting.set_value(); };
    const auto running =
        node->start(std::move(waits), [&](const worker::CallResult&) { told = true; });
    REQUIRE(waiting.get_future().wait_for(patience) == std::future_status::ready);
    CHECK_FALSE(world.executor->shutdown(50ms));
    CHECK_FALSE(told);
    CHECK_FALSE(world.lines->contains("acts is down"));
}

TEST_CASE("inputs or secrets that do not fit the schema never reach the node") {
    World world;
    acts(world);
    CHECK(run(world.node("Act"), request({"echo"}, {a_secret})) ==
          "errored node Act was given other inputs or secrets than it declares");
}

TEST_CASE("plugins of C and C++, of both compilers, serve in one process") {
    World world;
    for (const auto& file : fs::directory_iterator(fixture("mixed"))) world.add(file.path());
    world.add(fixture("acts.so")).load();
    REQUIRE(world.refused().empty());
    CHECK(run(world.node("CEcho"), request({"c", "!"})) == "executed text=c!");
    CHECK(act(world, "echo", "by hand") == "executed text=by hand");
    for (const std::string name : {"Gxx", "Clang"}) {
        const auto file = name == "Gxx" ? "gxx.so" : "clang.so";
        if (!fs::exists(fixture("mixed") / file)) continue;  // not on this machine or preset
        CHECK(run(world.node(name + "Upper"), request({"both"})) ==
              "executed text=BOTH,compiler=" + name);
        CHECK_THAT(run(world.node(name + "Throw"), request({"int"})), Contains("int"));
        CHECK(run(world.node(name + "Throw"), request({"prune"})) == "prune {}");
        CHECK(run(world.node(name + "Later"), request({"async"})) == "executed text=async");
    }
    CHECK(world.executor->shutdown(patience));
}

TEST_CASE("the standard plugins serve") {
    World world;
    TempDir root;
    world.options.plugins.config["files"] = {{"root", root.path()}};
    for (const char* name : {"text", "control", "files"})
        world.add(fs::path(EXO_STANDARD_PLUGINS) / (std::string(name) + ".so"));
    world.load();
    REQUIRE(world.refused().empty());
    CHECK(world.executor->registry().plugins().size() == 3);
    CHECK_THAT(run(world.node("Uppercase"), request({"hello", "100"})), Contains("text=HELLO"));
}
