// Every section of the user's document, register-node.md, shown on the real daemon. (The
// lifecycle's diagram is tests/unit/worker/lifecycle_test.cpp, the invalid node that must not
// compile tests/abi/must_not_compile.cpp.)
#include <catch2/catch.hpp>

#include "e2e/site.hpp"

using namespace exo::test;

namespace {

// The body that the daemon registered with.
std::string registration(Site& site) {
    REQUIRE(site.stub.wait_for("register", 1));
    return site.stub.calls("register").front().body;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// A state manager for several daemons, and client commands against it.
struct Central {
    TempDir dir;
    std::unique_ptr<Process> process;
    std::string uri;

    Central() {
        dir.write("api-key", std::string(planted_key) + "\n");
        process = std::make_unique<Process>(std::vector<std::string>{
            EXOSPHERED, "state-manager", "--listen", "127.0.0.1:0", "--data-dir",
            dir.path() + "/data", "--api-key-file", dir.path() + "/api-key"});
        REQUIRE(process->wait_for_err("state manager listens"));
        const auto err = process->err();
        const auto begin = err.find("uri=") + 4;
        uri = err.substr(begin, err.find_first_of(" \n", begin) - begin);
    }
    Process client(std::vector<std::string> args, const std::string& namespace_name) const {
        args.insert(args.begin(), EXOSPHERED);
        args.insert(args.end(), {"--uri", uri, "--api-key-file", dir.path() + "/api-key",
                                 "--namespace", namespace_name});
        return Process(args);
    }
};

}  // namespace

TEST_CASE("register-node.md, Node Structure: Inputs, Outputs, Secrets and execute make a node") {
    Site site;
    site.stub.add_state({id(1), "TellSecret", "t", "{}"});
    site.stub.set_secrets(id(1), R"({"api_key":"abc"})");
    site.start();
    CHECK(site.stub.wait_for_status(id(1), "EXECUTED"));
    CHECK(site.stub.settled_with(id(1)) == R"({"outputs":[{"length":"3"}]})");
    CHECK(site.stop() == 0);
}

TEST_CASE("register-node.md, Inputs: defaults apply, required ones must be there") {
    Site site;
    site.plugins = EXO_STANDARD_PLUGINS;
    site.stub.add_state({id(1), "Uppercase", "u", R"({"text":"hi"})"});  // batch_size: str = "100"
    site.stub.add_state({id(2), "Uppercase", "u", R"({"batch_size":"100"})"});
    site.start();
    CHECK(site.stub.wait_for_status(id(1), "EXECUTED"));
    CHECK(site.stub.wait_for_status(id(2), "ERRORED"));
    const auto body = registration(site);
    CHECK(contains(body, R"("default":"100")"));
    CHECK(contains(body, R"("required":["text"])"));
    CHECK(site.stop() == 0);
}

TEST_CASE("register-node.md, Outputs: they are reported by name") {
    Site site;
    site.plugins = EXO_STANDARD_PLUGINS;
    site.stub.add_state({id(1), "CountWords", "c", R"({"text":"one two two"})"});
    site.start();
    CHECK(site.stub.wait_for_status(id(1), "EXECUTED"));
    CHECK(contains(site.stub.settled_with(id(1)), R"("total":"3")"));
    CHECK(contains(registration(site), R"("outputs_schema")"));
    CHECK(site.stop() == 0);
}

TEST_CASE(
    "register-node.md, Secrets: declared by name, fetched for the state, only for nodes that "
    "declare some") {
    Site site;
    site.stub.add_state({id(1), "TellSecret", "t", "{}"});
    site.stub.set_secrets(id(1), R"({"api_key":"abc"})");
    site.stub.add_state({id(2), "Sleep", "s", R"({"ms":"0"})"});
    site.start();
    CHECK(site.stub.wait_for_status(id(1), "EXECUTED"));
    CHECK(site.stub.wait_for_status(id(2), "EXECUTED"));
    CHECK(site.stub.count("secrets") == 1);
    CHECK(contains(registration(site), R"("secrets":["api_key"])"));
    CHECK(site.stop() == 0);
}

TEST_CASE(
    "register-node.md, Node Validation: all fields are strings, also what arrives over the wire") {
    Site site;
    site.stub.add_state({id(1), "Sleep", "valid", R"({"ms":"0"})"});
    site.stub.add_state({id(2), "Sleep", "invalid", R"({"ms":0})"});
    site.start();
    CHECK(site.stub.wait_for_status(id(1), "EXECUTED"));
    CHECK(site.stub.wait_for_status(id(2), "ERRORED"));
    CHECK(contains(site.stub.settled_with(id(2)), "must be a string"));
    CHECK_FALSE(contains(registration(site), R"("type":"integer")"));
    CHECK(site.stop() == 0);
}

TEST_CASE("register-node.md, Node Registration: all nodes are registered when the runtime starts") {
    Site site;
    site.plugins = EXO_STANDARD_PLUGINS;
    site.start();
    const auto body = registration(site);
    for (const auto* node : {"Uppercase", "SplitText", "CountWords", "ReadFile", "WriteRecord",
                             "MergeCounts", "Gate", "WaitUntil", "Fail"}) {
        INFO(node);
        CHECK(contains(body, "\"name\":\"" + std::string(node) + "\""));
    }
    CHECK(contains(body, R"("runtime_name":"rt")"));
    CHECK(site.stop() == 0);
}

TEST_CASE("register-node.md, Namespace Organization: the same plugin serves dev and prod at once") {
    Central central;
    std::vector<std::unique_ptr<Site>> sites;
    const auto graph = central.dir.write(
        "shout.json", R"({"secrets":{},"nodes":[{"node_name":"Uppercase","identifier":"u",)"
                      R"("inputs":{"text":"hi","batch_size":"100"},"next_nodes":[]}]})");
    for (const std::string name : {"dev", "prod"}) {
        auto& site = *sites.emplace_back(std::make_unique<Site>());
        site.plugins = EXO_STANDARD_PLUGINS;
        site.uri = central.uri;
        auto config = site.write_config();
        std::string text = "[runtime]\nnamespace = \"" + name +
                           "\"\npoll_interval = \"50ms\"\n[state_manager]\nuri = \"" + central.uri +
                           "\"\napi_key_file = \"" + site.dir.path() +
                           "/api-key\"\n[plugins]\ndirectory = \"" + site.plugins +
                           "\"\ncache_directory = \"" + site.dir.path() + "/cache\"\n";
        config = site.dir.write("ns.toml", text);
        site.daemon = std::make_unique<Process>(
            std::vector<std::string>{EXOSPHERED, "run", "--config", config});
        REQUIRE(site.daemon->wait_for_err("nodes registered"));
    }
    for (const std::string name : {"dev", "prod"}) {
        auto apply = central.client({"graph", "apply", graph}, name);
        INFO(apply.exit_code() << apply.out() << apply.err());
        REQUIRE(apply.exit_code() == 0);
        auto run = central.client({"trigger", "shout", "-i", "text=from " + name, "--watch"}, name);
        CHECK(run.exit_code() == 0);
        auto runs = central.client({"runs", "list", "--json"}, name);
        CHECK(runs.exit_code() == 0);
        CHECK(contains(runs.out(), "SUCCESS"));
    }
    for (auto& site : sites) CHECK(site->stop() == 0);
    central.process->send(SIGTERM);
    CHECK(central.process->exit_code() == 0);
}
