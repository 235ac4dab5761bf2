// The client commands against a state manager of canned answers: what people and scripts read, and
// exit codes.
#include <catch2/catch.hpp>
#include <sstream>

#include "cli/check_command.hpp"
#include "cli/config_command.hpp"
#include "cli/graph_command.hpp"
#include "cli/runs_command.hpp"
#include "settings/reference.hpp"
#include "support/temp_dir.hpp"
#include "unit/remote/fake_http.hpp"

using namespace exo::cli;
using exo::base::ExitCode;
using exo::test::fake_client;
using exo::test::FakeServer;
using exo::test::wait_for;

namespace {

const std::string ns = "/v0/namespace/My%20Project";

struct Ran {
    ExitCode code;
    std::string out, err;
};

template <class Options>
Ran run(FakeServer& server, const Options& options) {
    auto client = fake_client(server);
    std::ostringstream out, err;
    const auto code = wait_for(run_command(client, options, Output{out, err}));
    return {code, out.str(), err.str()};
}

std::string graph(const std::string& status, const std::string& errors = "") {
    return R"({"nodes":[{"identifier":"a","node_name":"N","namespace":"My Project",
               "next_nodes":["b"]},{"identifier":"b","node_name":"M","namespace":"x",
               "next_nodes":[],"unites":{"identifier":"a"}}],"secrets":{"k":true},
               "validation_status":")" +
           status + R"(","validation_errors":[)" + errors + R"(],"created_at":"t"})";
}

const std::string run_graph = R"({"graph_name":"g","nodes":[
    {"id":"1","node_name":"N","identifier":"a","status":"SUCCESS","error":null},
    {"id":"2","node_name":"M","identifier":"b","status":"STATUS","error":null}],
    "edges":[{"source":"1","target":"2"}]})";

std::string run_with(const std::string& status) {
    auto text = run_graph;
    return text.replace(text.find("STATUS\","), 6, status);
}

}  // namespace

TEST_CASE("graph apply waits for the verdict and prints it") {
    const exo::test::TempDir dir;
    const auto file = dir.write("g.json", R"({"nodes":[{"identifier":"a"}]})");
    FakeServer server;
    server.answer("PUT " + ns + "/graph/g", 201, graph("PENDING"));
    server.answer("GET " + ns + "/graph/g", 200, graph("PENDING"));
    server.answer("GET " + ns + "/graph/g", 200, graph("VALID"));
    const auto ran =
        run(server, GraphApplyOptions{.file = file, .name = "g", .secrets = {{"k", "v"}}});
    CHECK(ran.code == ExitCode::done);
    CHECK(ran.out == "graph g in namespace My Project: VALID, 2 nodes\n");
    CHECK(ran.err.empty());
    CHECK(server.requests[0].body ==
          R"({"nodes":[{"identifier":"a","namespace":"My Project"}],"secrets":{"k":"v"}})");
}

TEST_CASE("graph apply prints every validation error and fails") {
    const exo::test::TempDir dir;
    const auto file = dir.write("g.json", R"({"nodes":[]})");
    FakeServer server;
    server.answer("PUT " + ns + "/graph/g", 201, graph("INVALID", R"("one","two \u001b[2J")"));
    const auto ran = run(server, GraphApplyOptions{.file = file, .name = "g"});
    CHECK(ran.code == ExitCode::failed);
    CHECK(ran.out == "graph g in namespace My Project: INVALID, 2 nodes\n  one\n  two  [2J\n");
}

TEST_CASE("graph apply sends a graph once more if the verdict came from a stale cache") {
    const exo::test::TempDir dir;
    const auto file = dir.write("g.json", R"({"nodes":[]})");
    const auto stale = graph("INVALID", R"("Node N does not exist in the graph template")");
    FakeServer server;
    server.answer("PUT " + ns + "/graph/g", 201, stale);
    server.answer("PUT " + ns + "/graph/g", 201, graph("VALID"));
    CHECK(run(server, GraphApplyOptions{.file = file, .name = "g"}).code == ExitCode::done);
    CHECK(server.requests.size() == 2);

    FakeServer stubborn;
    stubborn.answer("PUT " + ns + "/graph/g", 201, stale);
    CHECK(run(stubborn, GraphApplyOptions{.file = file, .name = "g"}).code == ExitCode::failed);
    CHECK(stubborn.requests.size() == 2);
}

TEST_CASE("graph apply gives up on a graph that stays PENDING") {
    const exo::test::TempDir dir;
    const auto file = dir.write("g.json", R"({"nodes":[]})");
    FakeServer server;
    server.answer("PUT " + ns + "/graph/g", 201, graph("PENDING"));
    const auto ran =
        run(server,
            GraphApplyOptions{.file = file, .name = "g", .patience = std::chrono::milliseconds(0)});
    CHECK(ran.code == ExitCode::failed);
    CHECK(ran.err == "exosphered: graph g was still PENDING after 0s\n");
}

TEST_CASE("a graph file that is wrong never reaches the server") {
    const exo::test::TempDir dir;
    const auto file = dir.write("g.json", "{\n\"nodes\": [}\n");
    FakeServer server;
    auto ran = run(server, GraphApplyOptions{.file = file, .name = "g"});
    CHECK(ran.code == ExitCode::failed);
    CHECK(ran.err ==
          "exosphered: " + file + ": not valid JSON: line 2, column 11: Invalid value.\n");
    ran = run(server, GraphApplyOptions{.file = "/none.json", .name = "g"});
    CHECK(ran.err == "exosphered: /none.json cannot be read: No such file or directory\n");
    CHECK(server.requests.empty());
}

TEST_CASE("graphs are listed and shown for people and for scripts") {
    FakeServer server;
    server.answer("GET " + ns + "/graph/g", 200, graph("VALID"));
    server.answer("GET " + ns + "/graphs/", 200,
                  R"({"templates":[{"name":"g","nodes":[{}],"validation_status":"VALID",
                      "updated_at":"2026-11-23T18:10:27"}]})");
    auto ran = run(server, GraphShowOptions{.name = "g"});
    CHECK(ran.code == ExitCode::done);
    CHECK(ran.out ==
          "graph g in namespace My Project: VALID, 2 nodes\n"
          "\n"
          "IDENTIFIER  NODE  NAMESPACE   NEXT  UNITES\n"
          "a           N     My Project  b\n"
          "b           M     x                 a\n"
          "\n"
          "secrets: k\n");
    ran = run(server, GraphShowOptions{.client = {.json = true}, .name = "g"});
    CHECK(ran.out.starts_with("{\n  \"nodes\": [\n"));
    ran = run(server, GraphListOptions{});
    CHECK(ran.out ==
          "GRAPH  STATUS  NODES  UPDATED\n"
          "g      VALID       1  2026-11-23T18:10:27\n");
    ran = run(server, GraphListOptions{.client = {.json = true}});
    CHECK(ran.out.starts_with("{\n  \"namespace\": \"My Project\",\n  \"graphs\": [\n"));
}

TEST_CASE("trigger prints the run and watches it if asked") {
    FakeServer server;
    server.answer("POST " + ns + "/graph/g/trigger", 200, R"({"status":"CREATED","run_id":"r"})");
    server.answer("GET " + ns + "/states/run/r/graph", 200, run_with("QUEUED"));
    server.answer("GET " + ns + "/states/run/r/graph", 200, run_with("SUCCESS"));
    CHECK(run(server, TriggerOptions{.graph = "g"}).out == "r\n");
    CHECK(run(server, TriggerOptions{.client = {.json = true}, .graph = "g"}).out ==
          "{\n  \"run_id\": \"r\",\n  \"graph_name\": \"g\"\n}\n");
    const auto ran = run(server, TriggerOptions{.graph = "g", .watch = true});
    CHECK(ran.code == ExitCode::done);
    CHECK(ran.out == "run r of graph g\na: 1 SUCCESS\nb: 1 QUEUED\nb: 1 SUCCESS\nrun r: SUCCESS\n");
}

TEST_CASE("watching a run that fails ends with 1") {
    FakeServer server;
    server.answer("GET " + ns + "/states/run/r/graph", 200, run_with("ERRORED"));
    const auto ran = run(server, RunsWatchOptions{.run_id = "r"});
    CHECK(ran.code == ExitCode::failed);
    CHECK(ran.out.ends_with("run r: FAILED\n"));
    const auto json = run(server, RunsWatchOptions{.client = {.json = true}, .run_id = "r"});
    CHECK(json.code == ExitCode::failed);
    CHECK(json.out.starts_with(
        "{\n  \"run_id\": \"r\",\n  \"graph_name\": \"g\",\n  \"status\": \"FAILED\",\n"));
}

TEST_CASE("runs are listed with what is left out") {
    FakeServer server;
    server.answer("GET " + ns + "/runs/1/20", 200,
                  R"({"total":30,"page":1,"size":20,"runs":[{"run_id":"r","graph_name":"g",
                      "success_count":3,"pending_count":0,"errored_count":1,"retried_count":2,
                      "total_count":6,"status":"FAILED","created_at":"t"}]})");
    CHECK(run(server, RunsListOptions{}).out ==
          "RUN  GRAPH  STATUS  STATES  PENDING  SUCCESS  RETRIED  ERRORED  CREATED\n"
          "r    g      FAILED       6                 3        2        1  t\n"
          "page 1, 1 of 30 runs\n");
    server.answer("GET " + ns + "/runs/2/20", 200, R"({"total":0,"runs":[]})");
    CHECK(run(server, RunsListOptions{.page = 2}).out == "no runs on this page\n");
}

TEST_CASE("a run is shown with the outputs of where it ended") {
    FakeServer server;
    server.answer("GET " + ns + "/states/run/r/graph", 200, run_with("SUCCESS"));
    server.answer("GET " + ns + "/graph/g", 404, R"({"detail":"Graph template g not found"})");
    server.answer("GET " + ns + "/graph/g/run/r/node/2", 200,
                  R"({"id":"2","outputs":{"total":"5"}})");
    const auto ran = run(server, RunsShowOptions{.run_id = "r", .outputs = true});
    CHECK(ran.code == ExitCode::done);
    CHECK(ran.out ==
          "run r of graph g\n"
          "SUCCESS, 2 of 2 states settled\n"
          "\n"
          "IDENTIFIER  NODE  SUCCESS\n"
          "a           N           1\n"
          "b           M           1\n"
          "\n"
          "outputs\n"
          "b (state 2)\n"
          "  total  5\n");
    const auto json =
        run(server, RunsShowOptions{.client = {.json = true}, .run_id = "r", .outputs = true});
    CHECK(json.out.find("\"total\": \"5\"") != std::string::npos);
}

TEST_CASE("a server that is away or refuses is one line and its exit code") {
    FakeServer server;
    server.refuse("GET " + ns + "/graphs/");
    auto ran = run(server, GraphListOptions{});
    CHECK(ran.code == ExitCode::unavailable);
    CHECK(ran.out.empty());
    CHECK(ran.err ==
          "exosphered: state manager http://127.0.0.1:1 cannot be reached: connect 127.0.0.1:1: "
          "Connection refused\n");
    FakeServer web;
    web.answer("GET " + ns + "/graphs/", 200, "<html>", "text/html");
    ran = run(web, GraphListOptions{});
    CHECK(ran.code == ExitCode::unavailable);
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
    FakeServer strict;
    strict.answer("GET " + ns + "/graphs/", 401, R"({"detail":"Invalid API key"})");
    ran = run(strict, GraphListOptions{});
    CHECK(ran.code == ExitCode::failed);
    CHECK(ran.err ==
          "exosphered: state manager http://127.0.0.1:1 refused the API key from "
          "EXOSPHERE_API_KEY (HTTP 401)\n");
    FakeServer unknown;
    unknown.answer("GET " + ns + "/states/run/r/graph", 200,
                   R"({"graph_name":"","nodes":[],"edges":[]})");
    ran = run(unknown, RunsShowOptions{.run_id = "r"});
    CHECK(ran.code == ExitCode::failed);
    CHECK(ran.err == "exosphered: there is no run r in namespace My Project\n");
}

TEST_CASE("config init writes the reference once and never over a file") {
    const exo::test::TempDir dir;
    const auto file = dir.path() + "/new.toml";
    std::ostringstream out, err;
    CHECK(run_command(ConfigInitOptions{}, Output{out, err}) == ExitCode::done);
    CHECK(out.str() == exo::settings::reference_toml());
    CHECK(run_command(ConfigInitOptions{.file = file}, Output{out, err}) == ExitCode::done);
    std::ifstream in(file);
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == exo::settings::reference_toml());
    CHECK(run_command(ConfigInitOptions{.file = file}, Output{out, err}) == ExitCode::failed);
    CHECK(err.str() == "exosphered: cannot write " + file + ": File exists\n");
}

TEST_CASE("a check report names every problem and decides the exit code") {
    CheckReport report{.file = "x.toml",
                       .plugins = {{"/p/a.so", "text", {"Uppercase", "SplitText"}, ""}},
                       .warnings = {"state manager away"}};
    std::ostringstream out, err;
    CHECK(print_report(report, false, Output{out, err}) == ExitCode::done);
    CHECK(out.str() == "/p/a.so: plugin text, nodes Uppercase, SplitText\nx.toml: good\n");
    CHECK(err.str() == "warning: state manager away\n");
    report.plugins.push_back({"/p/b.so", "", {}, "is truncated"});
    report.problems.push_back({"x.toml", 3, 1, "bad"});
    out.str("");
    err.str("");
    CHECK(print_report(report, false, Output{out, err}) == ExitCode::refused);
    CHECK(err.str() == "x.toml:3:1: bad\n/p/b.so: is truncated\nwarning: state manager away\n");
    out.str("");
    CHECK(print_report(report, true, Output{out, err}) == ExitCode::refused);
    CHECK(out.str().starts_with("{\n  \"file\": \"x.toml\",\n  \"ok\": false,\n"));
}
