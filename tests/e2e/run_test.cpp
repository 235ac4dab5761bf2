// `exosphered run` against a state manager that misbehaves.
#include <catch2/catch.hpp>

#include "e2e/site.hpp"

using namespace exo::test;
using Fault = StubStateManager::Fault;

TEST_CASE("C11, g++ and clang plugins serve in one daemon") {
    Site site;
    site.plugins = EXO_MIXED_PLUGINS;
    site.stub.add_state({id(1), "CEcho", "c", R"({"text":"hi"})"});
    site.stub.add_state({id(2), "GxxUpper", "g", R"({"text":"hi"})"});
#ifdef __SANITIZE_THREAD__
    const int last = 2;  // clang.so is not built then: uninstrumented code gives false races
#else
    const int last = 3;
    site.stub.add_state({id(3), "ClangUpper", "l", R"({"text":"hi"})"});
#endif
    site.start();
    for (int n = 1; n <= last; ++n) {
        INFO(site.daemon->err());
        CHECK(site.stub.wait_for_status(id(n), "EXECUTED"));
    }
    CHECK(site.stub.settled_with(id(2)) == R"({"outputs":[{"text":"HI","compiler":"Gxx"}]})");
    if (last == 3) {
        CHECK(site.stub.settled_with(id(3)) == R"({"outputs":[{"text":"HI","compiler":"Clang"}]})");
    }
    CHECK(site.stop() == 0);
}

TEST_CASE("a hundred states are executed and reported once each, over kept connections") {
    Site site;
    for (int n = 1; n <= 100; ++n) site.stub.add_state({id(n), "Sleep", "s", R"({"ms":"0"})"});
    site.start();
    REQUIRE(site.stub.wait_for("executed", 100));
    CHECK(site.stop() == 0);
    CHECK(site.stub.count("executed") == 100);
    CHECK(site.stub.count("register") == 1);
}

TEST_CASE("server down at the start: the daemon keeps trying and then serves") {
    Site site;
    site.stub.fail_next("register", Fault::answer(503), 2);
    site.stub.add_state({id(1), "Sleep", "s", R"({"ms":"0"})"});
    site.start();
    CHECK(site.stub.wait_for_status(id(1), "EXECUTED"));
    CHECK(site.daemon->err().find("registration failed, trying again") != std::string::npos);
    CHECK(site.stop() == 0);
}

TEST_CASE("reports survive 503, HTML and cut connections, and no success becomes an error") {
    Site site;
    site.stub.fail_next("executed", Fault::answer(503));
    site.stub.fail_next("executed", Fault::html());
    site.stub.fail_next("executed", Fault::cut(false));
    site.stub.fail_next("executed", Fault::cut(true));
    for (int n = 1; n <= 6; ++n) site.stub.add_state({id(n), "Sleep", "s", R"({"ms":"0"})"});
    site.start();
    for (int n = 1; n <= 6; ++n) CHECK(site.stub.wait_for_status(id(n), "EXECUTED"));
    CHECK(site.stop() == 0);
    CHECK(site.stub.count("errored") == 0);
}

TEST_CASE("the server closes idle connections and nobody notices") {
    Site site;
    site.start();
    REQUIRE(site.stub.wait_for("enqueue", 2));
    site.stub.fail_next("enqueue", Fault::cut(false));
    const auto before = site.stub.count("enqueue");
    site.stub.add_state({id(1), "Sleep", "s", R"({"ms":"0"})"});
    CHECK(site.stub.wait_for_status(id(1), "EXECUTED"));
    CHECK(site.stub.count("enqueue") > before);
    CHECK(site.stop() == 0);
}

TEST_CASE("SIGTERM: running nodes finish, the rest goes back, exit 0") {
    Site site;
    const auto log = site.dir.path() + "/executions";
    for (int n = 1; n <= 8; ++n) {
        site.stub.add_state({id(n), "Sleep", "s", R"({"ms":"400","log_file":")" + log + "\"}"});
    }
    site.start();
    REQUIRE(wait_until([&] { return std::filesystem::exists(log); }));
    CHECK(site.stop() == 0);
    int executed = 0, back = 0;
    for (int n = 1; n <= 8; ++n) {
        const auto status = site.stub.status_of(id(n));
        executed += status == "EXECUTED" ? 1 : 0;
        back += status == "CREATED" ? 1 : 0;
    }
    CHECK(executed >= 1);
    CHECK(executed + back == 8);  // nothing is left QUEUED
    CHECK(site.stub.count("errored") == 0);
    CHECK(site.daemon->err().find("drained") != std::string::npos);
}

TEST_CASE("a node past its timeout is errored with a clear text, and the others go on") {
    Site site;
    site.extra = "[nodes.Sleep]\ntimeout = \"100ms\"\n[nodes.Stubborn]\ntimeout = \"100ms\"\n";
    site.stub.add_state({id(1), "Sleep", "s", R"({"ms":"60000"})"});
    site.stub.add_state({id(2), "Stubborn", "s", R"({"ms":"4000"})"});
    site.start();
    CHECK(site.stub.wait_for_status(id(1), "ERRORED"));
    CHECK(site.stub.settled_with(id(1)) == R"({"error":"node Sleep timed out after 100ms"})");
    site.stub.add_state({id(3), "Sleep", "s", R"({"ms":"0"})"});
    CHECK(site.stub.wait_for_status(id(3), "EXECUTED"));
    CHECK(site.stub.wait_for_status(id(2), "ERRORED"));
    CHECK(site.stub.settled_with(id(2)) ==
          R"({"error":"node Stubborn timed out and did not react to cancellation"})");
    CHECK(site.stop() == 0);
}

TEST_CASE("secrets reach the node and appear in no log, no error and no file") {
    Site site;
    site.extra = "[log]\nlevel = \"debug\"\n";
    site.stub.add_state({id(1), "TellSecret", "t", "{}"});
    site.stub.add_state({id(2), "TellSecret", "t", R"({"fail":"yes"})"});
    for (int n = 1; n <= 2; ++n)
        site.stub.set_secrets(id(n), R"({"api_key":"planted-secret-value","other":"x"})");
    site.start();
    CHECK(site.stub.wait_for_status(id(1), "EXECUTED"));
    CHECK(site.stub.wait_for_status(id(2), "ERRORED"));
    CHECK(site.stop() == 0);
    CHECK(site.stub.settled_with(id(1)) == R"({"outputs":[{"length":"20"}]})");
    CHECK(site.stub.settled_with(id(2)).find("refused with key ***") != std::string::npos);
    CHECK(site.daemon->err().find("the key is ***") != std::string::npos);
    CHECK(site.daemon->err().find("planted-") == std::string::npos);
}

TEST_CASE("the API key is read again after a 401") {
    Site site;
    site.start();
    REQUIRE(site.stub.wait_for("enqueue", 1));
    site.stub.require_key("rotated-key-0123456789");
    REQUIRE(site.daemon->wait_for_err("does not accept the API key"));
    site.dir.write("api-key", "rotated-key-0123456789\n");
    site.stub.add_state({id(1), "Sleep", "s", R"({"ms":"0"})"});
    CHECK(site.stub.wait_for_status(id(1), "EXECUTED"));
    CHECK(site.stop() == 0);
}
