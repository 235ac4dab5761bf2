// Bad input: each gives one clear line and the right outcome, and the daemon lives.
#include <catch2/catch.hpp>

#include "e2e/site.hpp"

using namespace exo::test;
using Fault = StubStateManager::Fault;

TEST_CASE("an unreadable configuration is refused with 78") {
    Process process({EXOSPHERED, "run", "--config", "/nowhere/exosphered.toml"});
    CHECK(process.exit_code() == 78);
    CHECK(process.err().find("/nowhere/exosphered.toml") != std::string::npos);
    CHECK(process.err().find("No such file or directory") != std::string::npos);
}

TEST_CASE("unknown keys and wrong types are reported all at once, with position and suggestion") {
    TempDir dir;
    const auto config =
        dir.write("bad.toml", "[runtime]\nnamespace = \"ns\"\nworker = 4\nbatch_size = \"many\"\n");
    Process process({EXOSPHERED, "run", "--config", config});
    CHECK(process.exit_code() == 78);
    INFO(process.err());
    CHECK(process.err().find(config + ":3:1:") != std::string::npos);
    CHECK(process.err().find("did you mean \"workers\"") != std::string::npos);
    CHECK(process.err().find(config + ":4:") != std::string::npos);
}

TEST_CASE("a wrong API key is one clear line, and the daemon keeps trying") {
    Site site;
    site.stub.require_key("another-key-0123456789");
    site.start();
    REQUIRE(site.daemon->wait_for_err("API key not accepted"));
    CHECK(site.daemon->err().find(planted_key) == std::string::npos);
    site.stub.require_key(planted_key);
    CHECK(site.stub.wait_for("enqueue", 1));
    CHECK(site.stop() == 0);
}

TEST_CASE("nobody listens at the address: one line a try, and a stop ends it") {
    Site site;
    site.uri = "http://127.0.0.1:1";
    site.start();
    REQUIRE(site.daemon->wait_for_err("Connection refused"));
    CHECK(site.stop() == 0);
}

TEST_CASE("a server that answers HTML is named, not parsed") {
    Site site;
    site.stub.fail_next("register", Fault::html(), 2);
    site.start();
    REQUIRE(site.stub.wait_for("enqueue", 1));
    CHECK(site.daemon->err().find("registration failed, trying again") != std::string::npos);
    CHECK(site.stop() == 0);
}

TEST_CASE("bad states are errored with a text that names what is wrong, and good ones go on") {
    Site site;
    site.plugins = EXO_MIXED_PLUGINS;
    site.stub.add_state({id(1), "GxxUpper", "a", R"({})"});
    site.stub.add_state({id(2), "GxxUpper", "b", R"({"text":5})"});
    site.stub.add_state({id(3), "GxxUpper", "c", R"({"text":null})"});
    site.stub.add_state({id(4), "GxxThrow", "d", R"({"what":"int"})"});
    site.stub.add_state({id(5), "GxxThrow", "e", R"({"what":"boom"})"});
    site.stub.add_state({id(6), "GxxUpper", "f", R"({"text":"ok"})"});
    site.start();
    for (int n = 1; n <= 5; ++n) CHECK(site.stub.wait_for_status(id(n), "ERRORED"));
    CHECK(site.stub.wait_for_status(id(6), "EXECUTED"));
    CHECK(site.stub.settled_with(id(1)) ==
          R"({"error":"input \"text\" of node GxxUpper is missing"})");
    CHECK(site.stub.settled_with(id(2)) ==
          R"({"error":"input \"text\" of node GxxUpper must be a string, not number"})");
    CHECK(site.stub.settled_with(id(3)) ==
          R"({"error":"input \"text\" of node GxxUpper must be a string, not null"})");
    CHECK(site.stub.settled_with(id(4)).find("int") != std::string::npos);
    CHECK(site.stub.settled_with(id(5)).find("boom") != std::string::npos);
    CHECK(site.stop() == 0);
}

TEST_CASE("a bad plugin is refused with a sentence that names it, and the others serve") {
    Site site;
    const auto plugins = site.dir.path() + "/plugins";
    std::filesystem::create_directory(plugins);
    std::filesystem::copy_file(std::string(EXO_E2E_PLUGINS) + "/e2e.so", plugins + "/e2e.so");
    site.dir.write("plugins/notes.so", "this is not a shared object\n", 0644);
    site.plugins = plugins;
    site.stub.add_state({id(1), "Sleep", "s", R"({"ms":"0"})"});
    site.start();
    CHECK(site.stub.wait_for_status(id(1), "EXECUTED"));
    CHECK(site.daemon->err().find("notes.so") != std::string::npos);
    CHECK(site.stop() == 0);
}

TEST_CASE("without any node to serve the daemon refuses to start") {
    Site site;
    site.plugins = site.dir.path() + "/empty";
    std::filesystem::create_directory(site.plugins);
    site.start();
    CHECK(site.daemon->exit_code() == 78);
    CHECK(site.daemon->err().find("holds no plugin") != std::string::npos);
}
