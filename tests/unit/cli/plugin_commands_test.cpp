// exec and nodes on the fixture plugins: what they print and how they end.
#include <rapidjson/document.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <sstream>

#include "cli/exec_command.hpp"
#include "cli/nodes_command.hpp"
#include "support/temp_dir.hpp"

using namespace exo;
using namespace std::chrono_literals;
using base::ExitCode;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
namespace fs = std::filesystem;

namespace {

struct Ran {
    ExitCode code = ExitCode::internal;
    std::string out, err;

    rapidjson::Document json() const {
        rapidjson::Document document;
        document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(out);
        REQUIRE_FALSE(document.HasParseError());
        return document;
    }
};

// A plugin directory with some fixtures in it, and the commands on it.
class Bench {
  public:
    explicit Bench(const std::vector<std::string>& plugins = {"plain.so", "acts.so"}) {
        fs::create_directory(directory());
        for (const auto& plugin : plugins)
            fs::copy_file(fs::path(EXO_TEST_PLUGINS) / plugin,
                          directory() / fs::path(plugin).filename());
        environment_.home = dir_.path();
    }

    fs::path directory() const { return fs::path(dir_.path()) / "plugins"; }
    cli::ExecOptions exec(const std::string& node, cli::KeyValues inputs) const {
        return {.node = node, .plugin_dir = directory(), .inputs = std::move(inputs)};
    }
    cli::ExecOptions act(const std::string& what, const std::string& text = "x") const {
        auto options = exec("Act", {{"act", what}, {"text", text}});
        options.secrets = {{"key", "correct horse"}};
        return options;
    }
    template <class Options>
    Ran run(const Options& options) const {
        std::ostringstream out, err;
        Ran ran;
        ran.code = cli::run_command(options, environment_, {out, err},
                                    {EXO_TEST_PROBE, {"probe-plugin"}, 20s});
        ran.out = out.str();
        ran.err = err.str();
        return ran;
    }

  private:
    test::TempDir dir_;
    settings::Environment environment_;
};

}  // namespace

TEST_CASE("exec prints outputs, one set or a fan-out") {
    const Bench bench;
    const auto one = bench.run(bench.exec("Uppercase", {{"text", "hi\nthere"}}));
    CHECK(one.code == ExitCode::done);
    CHECK(one.out == "executed\n  text = HI\n         THERE\n  version = 1.0.0\n");
    CHECK(one.err.empty());
    const auto two = bench.run(bench.exec("Split", {{"text", "ab"}}));
    CHECK(two.out == "executed\noutputs 1 of 2\n  text = a\noutputs 2 of 2\n  text = b\n");
    CHECK(bench.run(bench.act("nothing")).out == "executed, no outputs\n");
}

TEST_CASE("exec prints signals and errors, and its exit code tells them apart") {
    const Bench bench;
    const auto pruned = bench.run(bench.act("prune", R"({"a":1})"));
    CHECK(pruned.code == ExitCode::done);
    CHECK(pruned.out == "prune {\"a\":1}\n");
    CHECK(bench.run(bench.act("requeue", "1500")).out == "re-enqueue-after 1.5s\n");
    const auto errored = bench.run(bench.act("throw int"));
    CHECK(errored.code == ExitCode::failed);
    CHECK_THAT(errored.out, StartsWith("errored: node Act threw an exception of type int"));
}

TEST_CASE("exec applies defaults") {
    const Bench bench;
    auto options = bench.act("echo");
    options.inputs = {{"act", "echo"}};
    CHECK(bench.run(options).out == "executed\n  text = default text\n");
}

TEST_CASE("exec cancels a node at its time-out") {
    const Bench bench;
    auto options = bench.act("wait for hook");
    options.timeout = 50ms;
    const auto ran = bench.run(options);
    CHECK(ran.code == ExitCode::failed);
    CHECK(ran.out == "errored: node Act timed out after 50ms\n");
}

TEST_CASE("exec writes what the node logs, without its secrets") {
    const Bench bench;
    const auto text = bench.run(bench.act("tell secret"));
    CHECK(text.out == "errored: the key is ***!\n");
    CHECK(text.err == "info  the key is ***!\nwarn  no call, the key is ***!\n");
}

TEST_CASE("exec --json is one document for every outcome") {
    const Bench bench;
    const auto json = [&](cli::ExecOptions options) {
        options.json = true;
        const auto ran = bench.run(options);
        CHECK(ran.err.empty());
        return ran.json();
    };
    const auto executed = json(bench.act("twice", "gr\xc3\xbc\xc3\x9f\x65"));
    CHECK(executed["node"].GetString() == std::string("Act"));
    CHECK(executed["plugin"].GetString() == std::string("acts"));
    CHECK(executed["version"].GetString() == std::string("1.0.0"));
    CHECK(executed["outcome"].GetString() == std::string("executed"));
    REQUIRE(executed["outputs"].Size() == 2);
    CHECK(executed["outputs"][1]["text"].GetString() == std::string("gr\xc3\xbc\xc3\x9f\x65"));
    CHECK(executed["duration_ms"].IsInt64());
    CHECK(executed["log"].Empty());
    CHECK(json(bench.act("prune", R"({"a":[1]})"))["data"]["a"][0].GetInt() == 1);
    CHECK(json(bench.act("requeue", "1500"))["enqueue_after"].GetInt() == 1500);
    const auto errored = json(bench.act("tell secret"));
    CHECK(errored["outcome"].GetString() == std::string("errored"));
    CHECK(errored["error"].GetString() == std::string("the key is ***!"));
    REQUIRE(errored["log"].Size() == 2);
    CHECK(errored["log"][0]["level"].GetString() == std::string("info"));
    CHECK(errored["log"][0]["message"].GetString() == std::string("the key is ***!"));
}

TEST_CASE("exec refuses a command line that does not fit the node") {
    const Bench bench;
    const auto refused = [&](const cli::ExecOptions& options) {
        const auto ran = bench.run(options);
        CHECK(ran.code == ExitCode::usage);
        CHECK(ran.out.empty());
        return ran.err;
    };
    CHECK(refused(bench.exec("Upercase", {})) ==
          "exosphered: there is no node \"Upercase\" (did you mean \"Uppercase\"?); there are: "
          "Act, Null, Shared, Split, Throwing, Uppercase\n");
    CHECK(refused(bench.exec("Uppercase", {{"txet", "x"}})) ==
          "exosphered: there is no input of node Uppercase \"txet\" (did you mean \"text\"?); "
          "there are: text\n");
    CHECK_THAT(refused(bench.exec("Uppercase", {})),
               Contains("input \"text\" of node Uppercase is missing"));
    CHECK_THAT(refused(bench.exec("Uppercase", {{"text", "a"}, {"text", "b"}})),
               Contains("given twice"));
    CHECK_THAT(refused(bench.exec("Uppercase", {{"text", "\xff"}})), Contains("not UTF-8"));
    CHECK_THAT(refused(bench.exec("Act", {{"act", "echo"}})), Contains("secret \"key\""));
}

TEST_CASE("exec runs a good node beside a refused plugin, and says which was refused") {
    const Bench bench({"plain.so", "bad/init.so"});
    const auto good = bench.run(bench.exec("Uppercase", {{"text", "x"}}));
    CHECK(good.code == ExitCode::done);
    CHECK_THAT(good.err, Contains("init.so refuses to start: no licence found"));
    // It may be the refused plugin that has it.
    CHECK(bench.run(bench.exec("Node", {})).code == ExitCode::refused);
}

TEST_CASE("exec and nodes name a directory that is not there") {
    const Bench bench;
    auto options = bench.exec("Uppercase", {{"text", "x"}});
    options.plugin_dir = "/does/not/exist";
    const auto exec = bench.run(options);
    CHECK(exec.code == ExitCode::refused);
    CHECK_THAT(exec.err, Contains("/does/not/exist"));
    const auto nodes = bench.run(cli::NodesOptions{.plugin_dir = "/does/not/exist"});
    CHECK(nodes.code == ExitCode::refused);
    CHECK_THAT(nodes.err, Contains("/does/not/exist"));
}

TEST_CASE("nodes lists every node with its fields") {
    const Bench bench;
    const auto ran = bench.run(cli::NodesOptions{.plugin_dir = bench.directory()});
    CHECK(ran.code == ExitCode::done);
    CHECK(ran.out ==
          "PLUGIN  VERSION  NODE       INPUTS                  OUTPUTS        SECRETS\n"
          "acts    1.0.0    Act        act, text=default text  text           key\n"
          "acts    1.0.0    Null       -                       -              -\n"
          "acts    1.0.0    Throwing   -                       -              -\n"
          "acts    1.0.0    Shared     -                       text           -\n"
          "plain   1.0.0    Uppercase  text                    text, version  -\n"
          "plain   1.0.0    Split      text                    text           -\n");
    CHECK(ran.err.empty());
}

TEST_CASE("nodes --json is what would be registered, and what was refused") {
    const Bench bench({"plain.so", "bad/size.so"});
    const auto ran = bench.run(cli::NodesOptions{.plugin_dir = bench.directory(), .json = true});
    CHECK(ran.code == ExitCode::refused);
    const auto document = ran.json();
    REQUIRE(document["plugins"].Size() == 1);
    const auto& plugin = document["plugins"][0];
    CHECK(plugin["name"].GetString() == std::string("plain"));
    CHECK(plugin["sha256"].GetStringLength() == 64);
    const auto& node = plugin["nodes"][0];
    CHECK(node["name"].GetString() == std::string("Uppercase"));
    CHECK(node["inputs_schema"]["properties"]["text"]["type"].GetString() == std::string("string"));
    CHECK(node["inputs_schema"]["required"][0].GetString() == std::string("text"));
    REQUIRE(document["refused"].Size() == 1);
    CHECK_THAT(document["refused"][0]["file"].GetString(), Contains("size.so"));
    CHECK_THAT(document["refused"][0]["reason"].GetString(), Contains("with size 16"));
}

TEST_CASE("nodes takes the directory and the namespace from a configuration file") {
    const Bench bench({"plain.so"});
    const test::TempDir dir;
    const auto file = dir.write("exosphered.toml",
                                "[runtime]\nnamespace = \"mine\"\n[plugins]\n"
                                "directory = \"" +
                                    bench.directory().string() + "\"\n");
    const auto ran = bench.run(cli::NodesOptions{.config_file = file, .json = true});
    CHECK(ran.code == ExitCode::done);
    CHECK(ran.json()["plugins"][0]["nodes"][0]["namespace"].GetString() == std::string("mine"));
    const auto bad = dir.write("bad.toml", "[runtime]\n");
    const auto refused = bench.run(cli::NodesOptions{.config_file = bad});
    CHECK(refused.code == ExitCode::refused);
    CHECK_THAT(refused.err, Contains("bad.toml"));
}
