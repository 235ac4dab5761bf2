#include "remote/run_watcher.hpp"

#include <catch2/catch.hpp>

#include "unit/remote/fake_http.hpp"

using namespace exo::remote;
using namespace std::chrono_literals;
using exo::test::fake_client;
using exo::test::FakeServer;
using exo::test::wait_for;

namespace {

const std::string ns = "/v0/namespace/My%20Project";
const std::string route = "GET " + ns + "/states/run/r/graph";

std::string run_json(const std::string& states) {
    return R"({"graph_name":"g","nodes":[)" + states +
           R"(],"edges":[{"source":"1","target":"2"}]})";
}

std::string state_json(const std::string& id, const std::string& status) {
    return R"({"id":")" + id + R"(","node_name":"N","identifier":"i)" + id + R"(","status":")" +
           status + R"(","error":null})";
}

}  // namespace

TEST_CASE("a run is watched until two looks in a row find it ended") {
    FakeServer server;
    auto client = fake_client(server);
    server.answer(route, 200, run_json(state_json("1", "QUEUED")));
    server.answer(route, 200, run_json(state_json("1", "SUCCESS")));
    // The state that unites came a moment later: the look before was not the end.
    server.answer(route, 200,
                  run_json(state_json("1", "SUCCESS") + "," + state_json("2", "CREATED")));
    server.answer(route, 200,
                  run_json(state_json("1", "SUCCESS") + "," + state_json("2", "SUCCESS")));
    std::vector<RunStatus> seen;
    const auto run = wait_for(watch_run(
        client, "r",
        {.interval = 1ms, .on_view = [&](const RunView& v) { seen.push_back(v.status); }}));
    REQUIRE(run.has_value());
    CHECK(run->states.size() == 2);
    CHECK(server.requests.size() == 5);
    REQUIRE(seen.size() == 5);
    CHECK(std::count(seen.begin(), seen.end(), RunStatus::pending) == 4);
    CHECK(seen.back() == RunStatus::success);
}

TEST_CASE("an outage is reported once and outlived") {
    FakeServer server;
    auto client = fake_client(server);
    server.refuse(route);
    server.answer(route, 502, "<html>", "text/html");
    server.answer(route, 200, run_json(state_json("1", "ERRORED")));
    std::vector<std::string> troubles;
    const auto run = wait_for(watch_run(
        client, "r",
        {.interval = 1ms, .on_trouble = [&](const std::string& t) { troubles.push_back(t); }}));
    REQUIRE(run.has_value());
    CHECK(view_of("r", *run).status == RunStatus::failed);
    CHECK(troubles.size() == 1);
}

TEST_CASE("patience ends and refusals end the watch at once") {
    FakeServer server;
    auto client = fake_client(server);
    server.refuse(route);
    const auto away = wait_for(watch_run(client, "r", {.interval = 1ms, .patience = 5ms}));
    REQUIRE(away.has_error());
    CHECK(away.error().kind == OperatorError::Kind::unreachable);

    FakeServer strict;
    auto stranger = fake_client(strict);
    strict.answer(route, 401, R"({"detail":"Invalid API key"})");
    const auto refused = wait_for(watch_run(stranger, "r", {.interval = 1ms}));
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == OperatorError::Kind::unauthorized);
    CHECK(strict.requests.size() == 1);
}

TEST_CASE("outputs are taken where the run ended and where it unites") {
    const RunGraph graph{"g",
                         {{"1", "N", "root", "SUCCESS", ""},
                          {"2", "N", "mid", "SUCCESS", ""},
                          {"3", "N", "leaf", "SUCCESS", ""},
                          {"4", "N", "leaf", "SUCCESS", ""},
                          {"5", "N", "leaf", "ERRORED", "x"},
                          {"6", "N", "merge", "SUCCESS", ""},
                          {"7", "N", "after", "PRUNED", ""}},
                         {{"1", "2"}, {"2", "3"}, {"2", "4"}, {"2", "5"}, {"1", "6"}, {"6", "7"}}};
    const auto ids = [](const RunOutputs& outputs) {
        std::string all;
        for (const auto& end : outputs.states) all += end.state.id;
        return all;
    };
    CHECK(ids(ends_of(graph, {}, 10)) == "34");
    CHECK(ids(ends_of(graph, {"merge"}, 10)) == "346");
    const auto one_each = ends_of(graph, {"merge"}, 1);
    CHECK(ids(one_each) == "36");
    CHECK(one_each.omitted == 1);
}

TEST_CASE("outputs are fetched and shown with their lines indented") {
    FakeServer server;
    auto client = fake_client(server);
    server.answer("GET " + ns + "/graph/g", 200,
                  R"({"nodes":[],"validation_status":"VALID","validation_errors":[]})");
    server.answer("GET " + ns + "/graph/g/run/r/node/1", 200,
                  R"({"id":"1","outputs":{"top":"the 3\nof 2\n","total":"5","none":""}})");
    const RunGraph graph{"g", {{"1", "N", "merge", "SUCCESS", ""}}, {}};
    const auto outputs = wait_for(run_outputs(client, "r", graph, 3)).value();
    CHECK(render(outputs, false) ==
          "merge (state 1)\n"
          "  top    the 3\n"
          "         of 2\n"
          "  total  5\n"
          "  none\n");
}
