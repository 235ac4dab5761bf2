// `exosphered dev`: the whole path in one process, and client commands against it.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "e2e/site.hpp"

using namespace exo::test;

namespace {

constexpr const char* gpl = "/usr/share/common-licenses/GPL-3";

// `exosphered dev` on a free port, and its two environment lines.
struct Dev {
    TempDir dir;
    Process process;
    Process::Environment environment;

    explicit Dev(std::vector<std::string> args = {})
        : process([&] {
              args.insert(args.begin(),
                          {EXOSPHERED, "dev", "--plugin-dir", EXO_STANDARD_PLUGINS, "--listen",
                           "127.0.0.1:0", "--data-dir", dir.path() + "/data"});
              return args;
          }()) {
        REQUIRE(process.wait_for_out("EXOSPHERE_API_KEY="));
        std::istringstream lines(process.out());
        for (std::string line; std::getline(lines, line);) {
            const auto name = line.find("EXOSPHERE_");
            const auto equals = line.find('=');
            if (name != std::string::npos && equals != std::string::npos) {
                environment.emplace_back(line.substr(name, equals - name), line.substr(equals + 1));
            }
        }
    }
    Process client(std::vector<std::string> args) const {
        args.insert(args.begin(), EXOSPHERED);
        return Process(args, environment);
    }
    int stop() {
        process.send(SIGTERM);
        return process.exit_code();
    }
};

std::size_t count_words(const std::string& path) {  // as `wc -w` does in the C locale
    std::ifstream in(path);
    std::size_t words = 0;
    for (std::string word; in >> word;) ++words;
    return words;
}

}  // namespace

TEST_CASE("dev prints the two environment lines that any client needs, and drains on SIGTERM") {
    Dev dev;
    REQUIRE(dev.process.wait_for_err("nodes registered"));
    auto list = dev.client({"graph", "list", "--namespace", "default"});
    INFO(list.err());
    CHECK(list.exit_code() == 0);
    CHECK(dev.stop() == 0);
}

TEST_CASE("the demo counts the words of the GPL as wc does, after a visible retry") {
    Process demo({EXO_DEMO, EXOSPHERED, EXO_STANDARD_PLUGINS, gpl});
    const int code = demo.exit_code();
    INFO(demo.out() << demo.err());
    CHECK(code == 0);
    CHECK(demo.out().find(std::to_string(count_words(gpl))) != std::string::npos);
    CHECK(demo.out().find("wc -w says " + std::to_string(count_words(gpl))) != std::string::npos);
    CHECK(demo.out().find("345 the") != std::string::npos);
    CHECK(demo.out().find("1 RETRY_CREATED") != std::string::npos);
}

TEST_CASE("client commands against a running dev: apply, show, trigger, watch, list") {
    Dev dev({"--namespace", "shop"});
    REQUIRE(dev.process.wait_for_err("nodes registered"));
    const auto graph = dev.dir.write(
        "g.json",
        R"({"secrets":{},"nodes":[{"node_name":"Uppercase","identifier":"u","inputs":{"text":"hi",)"
        R"("batch_size":"100"},"next_nodes":["c"]},{"node_name":"CountWords","identifier":"c",)"
        R"("inputs":{"text":"${{ u.outputs.text }}"},"next_nodes":[]}]})");
    CHECK(dev.client({"graph", "apply", graph, "--namespace", "shop"}).exit_code() == 0);
    auto show = dev.client({"graph", "show", "g", "--namespace", "shop"});
    CHECK(show.exit_code() == 0);
    CHECK(show.out().find("VALID") != std::string::npos);
    auto trigger =
        dev.client({"trigger", "g", "-i", "text=a b c", "--watch", "--namespace", "shop"});
    CHECK(trigger.exit_code() == 0);
    CHECK(trigger.out().find("SUCCESS") != std::string::npos);
    auto runs = dev.client({"runs", "list", "--namespace", "shop"});
    CHECK(runs.exit_code() == 0);
    CHECK(runs.out().find("SUCCESS") != std::string::npos);
    CHECK(dev.stop() == 0);
}

TEST_CASE("an invalid graph ends dev --wait with its errors and code 1") {
    TempDir dir;
    const auto graph =
        dir.write("bad.json", R"({"secrets":{},"nodes":[{"node_name":"Nope","identifier":"n",)"
                              R"("inputs":{},"next_nodes":[]}]})");
    Dev dev({"--graph", graph, "--trigger", "--wait"});
    CHECK(dev.process.exit_code() == 1);
    CHECK(dev.process.err().find("Node Nope in namespace default does not exist") !=
          std::string::npos);
}

TEST_CASE("a run that fails ends dev --wait with code 1") {
    TempDir dir;
    const auto graph = dir.write(
        "fail.json",
        R"({"secrets":{},"nodes":[{"node_name":"Fail","identifier":"f","inputs":{"message":"no luck",)"
        R"("value":"","equals":"","once_key":""},"next_nodes":[]}],"retry_policy":{"max_retries":0}})");
    Dev dev({"--graph", graph, "--trigger", "--wait"});
    CHECK(dev.process.exit_code() == 1);
    INFO(dev.process.out() << dev.process.err());
    CHECK(dev.process.out().find("no luck") != std::string::npos);
}

TEST_CASE("dev without any plugins is a state manager for other runtimes") {
    TempDir dir;
    Process dev({EXOSPHERED, "dev", "--listen", "127.0.0.1:0", "--data-dir", dir.path() + "/data"});
    REQUIRE(dev.wait_for_err("only the state manager serves"));
    CHECK(dev.out().find("EXOSPHERE_STATE_MANAGER_URI=http://127.0.0.1:") != std::string::npos);
    dev.send(SIGTERM);
    CHECK(dev.exit_code() == 0);
}

TEST_CASE("runs survive a restart of the state manager") {
    TempDir dir;
    const std::vector<std::string> command = {
        EXOSPHERED, "dev",         "--plugin-dir", EXO_STANDARD_PLUGINS,
        "--listen", "127.0.0.1:0", "--data-dir",   dir.path() + "/data"};
    const auto graph =
        dir.write("g.json", R"({"secrets":{},"nodes":[{"node_name":"CountWords","identifier":"c",)"
                            R"("inputs":{"text":"a b"},"next_nodes":[]}]})");
    auto first = command;
    first.insert(first.end(), {"--graph", graph, "--trigger", "--wait"});
    Process before(first);
    CHECK(before.exit_code() == 0);
    Process after(command);
    REQUIRE(after.wait_for_err("nodes registered"));
    const auto out = after.out();
    const auto value = [&](const std::string& name) {
        const auto begin = out.find(name + "=") + name.size() + 1;
        return out.substr(begin, out.find('\n', begin) - begin);
    };
    Process runs({EXOSPHERED, "runs", "list", "--json", "--namespace", "default"},
                 {{"EXOSPHERE_STATE_MANAGER_URI", value("EXOSPHERE_STATE_MANAGER_URI")},
                  {"EXOSPHERE_API_KEY", value("EXOSPHERE_API_KEY")}});
    CHECK(runs.exit_code() == 0);
    CHECK(runs.out().find("SUCCESS") != std::string::npos);
    after.send(SIGTERM);
    CHECK(after.exit_code() == 0);
}
