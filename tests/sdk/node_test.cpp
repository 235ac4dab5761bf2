#include <exosphere/testing.hpp>

#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

using exosphere::testing::Ending;
using exosphere::testing::run;
using namespace std::chrono_literals;

namespace {

struct Uppercase : exosphere::Node<Uppercase> {
    struct Inputs {
        std::string text;
        std::string suffix = "!";
    };
    struct Outputs {
        std::string text;
    };
    struct Secrets {
        std::string api_key;
    };
    Outputs execute(const Inputs& in, const Secrets& secrets, exosphere::Context& ctx) {
        ctx.log("shouting");
        std::string text = in.text;
        for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return {text + in.suffix + secrets.api_key};
    }
};

// Every useful parameter list. Each says which it got.
template <int Form>
struct Takes : exosphere::Node<Takes<Form>> {
    static constexpr const char* node_name = "Takes";
    struct Inputs {
        std::string in = "in";
    };
    struct Outputs {
        std::string got;
    };
    struct Secrets {
        std::string key = "key";
    };
};
struct TakesNothing : Takes<0> {
    Outputs execute() { return {"nothing"}; }
};
struct TakesInputs : Takes<0> {
    Outputs execute(Inputs in) { return {in.in}; }
};
struct TakesSecrets : Takes<0> {
    Outputs execute(const Secrets& secrets) const { return {secrets.key}; }
};
struct TakesContext : Takes<0> {
    Outputs execute(exosphere::Context& ctx) { return {std::string(ctx.info("node"))}; }
};
struct TakesInputsSecrets : Takes<0> {
    Outputs execute(Inputs&& in, Secrets&& secrets) { return {in.in + secrets.key}; }
};
struct TakesInputsContext : Takes<0> {
    Outputs execute(const Inputs& in, const exosphere::Context& ctx) {
        return {in.in + std::string(ctx.info("node"))};
    }
};
struct TakesSecretsContext : Takes<0> {
    Outputs execute(const Secrets& secrets, exosphere::Context& ctx) {
        return {secrets.key + std::string(ctx.info("node"))};
    }
};
struct TakesAll : Takes<0> {
    static Outputs execute(const Inputs& in, const Secrets& secrets, exosphere::Context& ctx) {
        return {in.in + secrets.key + std::string(ctx.info("node"))};
    }
};

struct Split : exosphere::Node<Split> {
    struct Inputs {
        std::string count;
    };
    struct Outputs {
        std::string index;
    };
    std::vector<Outputs> execute(const Inputs& in) {
        std::vector<Outputs> parts;
        for (int i = 0; i < std::stoi(in.count); ++i) parts.push_back({std::to_string(i)});
        return parts;
    }
};

struct Quiet : exosphere::Node<Quiet> {
    void execute() {}
};

struct Confirms : exosphere::Node<Confirms> {  // Outputs without fields, one set of them
    Outputs execute() { return {}; }
};

struct Oddity {};

struct Throws : exosphere::Node<Throws> {
    struct Inputs {
        std::string what;
    };
    void execute(const Inputs& in) {
        if (in.what == "prune") throw exosphere::Prune{R"({"reason":"duplicate"})"};
        if (in.what == "prune nothing") throw exosphere::Prune{};
        if (in.what == "prune text") throw exosphere::Prune{"duplicate"};
        if (in.what == "requeue") throw exosphere::Requeue{3s};
        if (in.what == "requeue 0") throw exosphere::Requeue{0ms};
        if (in.what == "requeue negative") throw exosphere::Requeue{-1s};
        if (in.what == "cancelled") throw exosphere::Cancelled{};
        if (in.what == "int") throw 42;
        if (in.what == "text") throw "plain";
        if (in.what == "string") throw std::string("text");
        if (in.what == "oddity") throw Oddity{};
        if (in.what == "nested") {
            try {
                throw std::invalid_argument("bad digit");
            } catch (...) {
                std::throw_with_nested(std::runtime_error("cannot parse"));
            }
        }
        throw std::runtime_error("boom");
    }
};

std::string error_of(const std::string& what) {
    const auto outcome = run<Throws>({.what = what});
    CHECK(outcome.ending == Ending::errored);
    return outcome.error;
}

struct Emits : exosphere::Node<Emits> {
    struct Outputs {
        std::string bytes;
    };
    Outputs execute() { return {"\xff\xfe"}; }
};

struct Looping : exosphere::Node<Looping> {
    struct Outputs {
        std::string rounds;
    };
    Outputs execute(exosphere::Context& ctx) {
        for (int round = 0; round < 1000; ++round) {
            if (ctx.cancelled()) return {std::to_string(round)};
        }
        return {"all"};
    }
};

struct Obedient : exosphere::Node<Obedient> {
    void execute(exosphere::Context& ctx) {
        for (;;) ctx.throw_if_cancelled();
    }
};

struct Asks : exosphere::Node<Asks> {
    struct Outputs {
        std::string state_id, run_id, left, root, missing;
    };
    Outputs execute(exosphere::Context& ctx) {
        const auto left = ctx.time_left();
        return {std::string(ctx.state_id()), std::string(ctx.info("run_id")),
                left ? std::to_string(left->count()) : "none",
                std::string(ctx.config("root").value_or("none")),
                ctx.config("other") ? "there" : "missing"};
    }
};

struct Counter : exosphere::SharedNode<Counter> {
    explicit Counter(exosphere::Host& host) { host.log("made"); }
    struct Outputs {
        std::string count;
    };
    Outputs execute() { return {std::to_string(++count_)}; }
    std::atomic<int> count_{0};
};

struct Unmakeable : exosphere::Node<Unmakeable> {
    Unmakeable() { throw std::runtime_error("no device"); }
    void execute() {}
};

struct PluginHooks : exosphere::Hooks {
    static void init(exosphere::Host& host) {
        for (const auto& [key, value] : host.config()) {
            if (key != "root") throw std::invalid_argument("unknown key " + std::string(key));
            host.log(value);
        }
    }
    static void shutdown() {}
};

struct Extended : exosphere::Node<Extended> {
    struct Outputs {
        std::string answer;
    };
    Outputs execute(exosphere::Context& ctx) {
        const int* answer = ctx.extension<int>("acme.answer/1");
        return {answer == nullptr ? "none" : std::to_string(*answer)};
    }
};

}  // namespace

TEST_CASE("a node gets its inputs, defaults and secrets and gives its outputs") {
    const auto outcome = run<Uppercase>({.text = "hi"}, {.secrets = {.api_key = "k"}});
    CHECK(outcome.output().text == "HI!k");
    CHECK(outcome.logged("shouting"));
    CHECK(run<Uppercase>({.text = "hi", .suffix = "?"}).output().text == "HI?");
}

TEST_CASE("execute takes any of inputs, secrets and context") {
    CHECK(run<TakesNothing>().output().got == "nothing");
    CHECK(run<TakesInputs>().output().got == "in");
    CHECK(run<TakesSecrets>().output().got == "key");
    CHECK(run<TakesContext>().output().got == "Takes");
    CHECK(run<TakesInputsSecrets>().output().got == "inkey");
    CHECK(run<TakesInputsContext>().output().got == "inTakes");
    CHECK(run<TakesSecretsContext>().output().got == "keyTakes");
    CHECK(run<TakesAll>().output().got == "inkeyTakes");
}

TEST_CASE("a vector of outputs is a fan-out in its order") {
    const auto outcome = run<Split>({.count = "3"});
    REQUIRE(outcome.executed());
    REQUIRE(outcome.outputs.size() == 3);
    CHECK(outcome.outputs[2].index == "2");
    CHECK(run<Split>({.count = "0"}).executed());
    CHECK_THROWS_WITH(outcome.output(), "executed with 3 outputs");
}

TEST_CASE("void means executed without outputs; empty Outputs are one set of none") {
    CHECK(run<Quiet>().executed());
    CHECK(run<Quiet>().outputs.empty());
    CHECK(run<Confirms>().outputs.size() == 1);
}

TEST_CASE("signals become outcomes") {
    const auto pruned = run<Throws>({.what = "prune"});
    CHECK(pruned.ending == Ending::pruned);
    CHECK(pruned.pruned == R"({"reason":"duplicate"})");
    CHECK(run<Throws>({.what = "prune nothing"}).pruned == "{}");
    const auto requeued = run<Throws>({.what = "requeue"});
    CHECK(requeued.ending == Ending::requeued);
    CHECK(requeued.requeued_after == 3s);
    CHECK(run<Throws>({.what = "cancelled"}).ending == Ending::gave_up);
}

TEST_CASE("signals out of range are errors that say so") {
    CHECK_THAT(error_of("prune text"), Catch::Contains("not a JSON object"));
    CHECK_THAT(error_of("requeue 0"), Catch::Contains("1 ms"));
    CHECK_THAT(error_of("requeue negative"), Catch::Contains("1 ms"));
}

TEST_CASE("any exception is an error with its type and text") {
    CHECK(error_of("runtime") == "std::runtime_error: boom");
    CHECK(error_of("int") == "int: 42");
    CHECK(error_of("text") == "const char*: plain");
    CHECK(error_of("string") == "std::string: text");
    CHECK_THAT(error_of("oddity"), Catch::EndsWith("Oddity"));
    CHECK_THAT(error_of("nested"),
               Catch::Contains("cannot parse; caused by std::invalid_argument: bad digit"));
}

TEST_CASE("outputs that are not UTF-8 are an error") {
    CHECK_THAT(run<Emits>().error, Catch::Contains("UTF-8"));
}

TEST_CASE("a node sees that it is cancelled, and gives up or returns") {
    CHECK(run<Looping>().output().rounds == "all");
    CHECK(run<Looping>({}, {.cancel_at_check = 4}).output().rounds == "3");
    CHECK(run<Obedient>({}, {.cancel_at_check = 1}).ending == Ending::gave_up);
}

TEST_CASE("the context answers questions about the call and the configuration") {
    const auto answers = run<Asks>({}, {.config = {{"root", "/srv"}}, .timeout = 30s}).output();
    CHECK(answers.state_id == "65f000000000000000000001");
    CHECK(answers.run_id.empty());
    CHECK(answers.left == "30000");
    CHECK(answers.root == "/srv");
    CHECK(answers.missing == "missing");
    CHECK(run<Asks>().output().left == "none");
}

TEST_CASE("a shared node has one instance for all executions") {
    exosphere::testing::Runner<Counter> runner;
    CHECK(runner.run().output().count == "1");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 50; ++k) runner.run();
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(runner.run().output().count == "202");
}

TEST_CASE("a node that cannot be made says why") {
    CHECK_THROWS_WITH(run<Unmakeable>(), Catch::Contains("std::runtime_error: no device"));
}

TEST_CASE("a plugin's init hook reads its configuration and may refuse it") {
    CHECK(exosphere::testing::init<PluginHooks>({{"root", "/srv"}}) == std::nullopt);
    const auto refusal = exosphere::testing::init<PluginHooks>({{"rooot", "/srv"}});
    REQUIRE(refusal);
    CHECK_THAT(*refusal, Catch::Contains("unknown key rooot"));
}

TEST_CASE("an extension is found by its id") {
    static const int answer = 42;
    CHECK(run<Extended>().output().answer == "none");
    CHECK(run<Extended>({}, {.extensions = {{"acme.answer/1", &answer}}}).output().answer == "42");
}
