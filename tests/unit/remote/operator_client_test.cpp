#include "remote/operator_client.hpp"

#include <catch2/catch.hpp>

#include "unit/remote/fake_http.hpp"

using namespace exo::remote;
using exo::test::fake_client;
using exo::test::FakeServer;
using exo::test::wait_for;

namespace {

const std::string ns = "/v0/namespace/My%20Project";

}  // namespace

TEST_CASE("requests carry the key and names that are encoded segment by segment") {
    FakeServer server;
    auto client = fake_client(server);
    const auto graph = ns + "/graph/a%3Fb%20%C3%A9";
    server.answer("PUT " + graph, 201,
                  R"({"nodes":[],"secrets":{"k":true},"validation_status":"PENDING",
                      "validation_errors":[]})");
    const auto put = wait_for(client.put_graph("a?b \xc3\xa9", R"({"nodes":[]})")).value();
    CHECK(put.name == "a?b \xc3\xa9");
    CHECK(put.validation_status == "PENDING");
    CHECK(put.secrets == std::vector<std::string>{"k"});
    REQUIRE(server.requests.size() == 1);
    CHECK(server.requests[0].body == R"({"nodes":[]})");
    CHECK(exo::net::find_header(server.requests[0].headers, "x-api-key") == "sesame");
    CHECK(exo::net::find_header(server.requests[0].headers, "content-type") == "application/json");

    server.answer("POST " + graph + "/trigger", 200, R"({"status":"CREATED","run_id":"r-1"})");
    CHECK(wait_for(client.trigger("a?b \xc3\xa9", {{"x", "1"}}, {{"path", "/\"q\""}})).value() ==
          "r-1");
    CHECK(server.requests[1].body == R"({"store":{"path":"/\"q\""},"inputs":{"x":"1"}})");
}

TEST_CASE("lists are read as the state manager writes them") {
    FakeServer server;
    auto client = fake_client(server);
    server.answer("GET /v0/namespaces", 200, R"({"namespaces":["a","b"],"count":2})");
    CHECK(wait_for(client.namespaces()).value() == std::vector<std::string>{"a", "b"});

    server.answer("GET " + ns + "/nodes/", 200,
                  R"({"namespace":"My Project","count":1,"nodes":[{"name":"Up","runtime_name":"box",
                      "inputs_schema":{"properties":{"text":{"type":"string"}}},
                      "outputs_schema":{"properties":{"text":{}}},"secrets":["k"]}]})");
    const auto nodes = wait_for(client.nodes()).value();
    REQUIRE(nodes.size() == 1);
    CHECK(nodes[0].name == "Up");
    CHECK(nodes[0].inputs == std::vector<std::string>{"text"});
    CHECK(nodes[0].secrets == std::vector<std::string>{"k"});

    server.answer("GET " + ns + "/graphs/", 200,
                  R"({"count":1,"templates":[{"name":"g","validation_status":"INVALID",
                      "validation_errors":["one","two"],"secrets":{"k":"Y2lwaGVy"},
                      "nodes":[{"identifier":"u","node_name":"N","namespace":"x",
                                "next_nodes":["v"],"unites":{"identifier":"r"}}]}]})");
    const auto graphs = wait_for(client.graphs()).value();
    REQUIRE(graphs.size() == 1);
    CHECK(graphs[0].validation_errors == std::vector<std::string>{"one", "two"});
    CHECK(graphs[0].secrets == std::vector<std::string>{"k"});
    REQUIRE(graphs[0].nodes.size() == 1);
    CHECK(graphs[0].nodes[0].unites == "r");

    server.answer("GET " + ns + "/runs/2/20", 200,
                  R"({"namespace":"x","total":21,"page":2,"size":20,"runs":[{"run_id":"r",
                      "graph_name":"g","success_count":1,"pending_count":2,"errored_count":3,
                      "retried_count":4,"total_count":10,"status":"PENDING","created_at":"t"}]})");
    const auto page = wait_for(client.runs(2, 20)).value();
    CHECK(page.total == 21);
    REQUIRE(page.runs.size() == 1);
    CHECK(page.runs[0].retried == 4);
}

TEST_CASE("a run and its states are read and an unknown run is not found") {
    FakeServer server;
    auto client = fake_client(server);
    const auto route = "GET " + ns + "/states/run/r/graph";
    server.answer(route, 200,
                  R"({"root_states":[],"graph_name":"g","nodes":[{"id":"1","node_name":"N",
                      "identifier":"a","status":"ERRORED","error":"boom"},{"id":"2",
                      "node_name":"N","identifier":"b","status":"SUCCESS","error":null}],
                      "edges":[{"source":"1","target":"2"}],"execution_summary":{}})");
    const auto run = wait_for(client.run("r")).value();
    REQUIRE(run.states.size() == 2);
    CHECK(run.states[0].error == "boom");
    CHECK(run.states[1].error.empty());
    CHECK(run.edges == std::vector<std::pair<std::string, std::string>>{{"1", "2"}});

    server.answer("GET " + ns + "/states/run/x/graph", 200,
                  R"({"root_states":[],"graph_name":"","nodes":[],"edges":[]})");
    const auto unknown = wait_for(client.run("x"));
    REQUIRE(unknown.has_error());
    CHECK(unknown.error().kind == OperatorError::Kind::not_found);
    CHECK(unknown.error().message == "there is no run x in namespace My Project");

    server.answer("GET " + ns + "/graph/g/run/r/node/2", 200,
                  R"({"id":"2","node_name":"N","identifier":"b","status":"SUCCESS","error":null,
                      "inputs":{"a":"1"},"outputs":{"n":3,"t":"x","l":[1,null]}})");
    const auto details = wait_for(client.node_details("g", "r", "2")).value();
    CHECK(details.outputs == KeyValues{{"n", "3"}, {"t", "x"}, {"l", "[1,null]"}});
}

TEST_CASE("every refusal is one clear text that never holds the key") {
    using Kind = OperatorError::Kind;
    struct Case {
        int status;
        std::string type, body;
        Kind kind;
        std::string message;
    };
    const std::string json = "application/json";
    const std::string stray = "http://127.0.0.1:1 is not answering as a state manager does (GET " +
                              ns + "/graph/g: HTTP ";
    const std::string tail = "): is this the right address?";
    const std::vector<Case> cases = {
        {401, json, R"({"detail":"Invalid API key"})", Kind::unauthorized,
         "state manager http://127.0.0.1:1 refused the API key from EXOSPHERE_API_KEY (HTTP 401)"},
        {403, "text/html", "<html>", Kind::unauthorized,
         "state manager http://127.0.0.1:1 refused the API key from EXOSPHERE_API_KEY (HTTP 403)"},
        {404, json, R"({"detail":"Graph template g not found in namespace My Project"})",
         Kind::not_found, "Graph template g not found in namespace My Project"},
        {404, json, R"({"detail":"Not Found"})", Kind::not_ours,
         stray + "404, application/json; no such route" + tail},
        {200, "text/html; charset=utf-8", "<html>hello</html>", Kind::not_ours,
         stray + "200, text/html; charset=utf-8" + tail},
        {502, "text/html", "<h1>Bad Gateway</h1>", Kind::not_ours, stray + "502, text/html" + tail},
        {500, json, R"({"success":false,"detail":"internal server error"})", Kind::refused,
         "state manager http://127.0.0.1:1 failed (HTTP 500): internal server error"},
        {200, json, "{\"hello\":1}", Kind::not_ours,
         "http://127.0.0.1:1 is not answering as a state manager does (graph g: there is no list "
         "\"nodes\"): is this the right address?"},
        {200, json, "{", Kind::not_ours,
         "http://127.0.0.1:1 is not answering as a state manager does (graph g: line 1, column 2: "
         "Missing a name for object member.): is this the right address?"},
        {400, json,
         R"({"detail":"Error validating graph template: 1 validation error for GraphTemplate\nnodes\n  Value error, Node identifier a is not unique\nNode b is not acyclic [type=value_error, input_value={'secrets': {'k': 'hush'}}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.11/v/value_error"})",
         Kind::refused, "Node identifier a is not unique\nNode b is not acyclic"},
        {422, json,
         R"({"detail":[{"type":"value_error","loc":["body","nodes",0,"node_name"],"msg":"Value error, Node name cannot be empty","input":"  "},{"type":"missing","loc":["body"],"msg":"Field required","input":null}]})",
         Kind::refused, "nodes[0].node_name: Node name cannot be empty\nField required"},
    };
    for (const auto& c : cases) {
        FakeServer server;
        auto client = fake_client(server);
        server.answer("GET " + ns + "/graph/g", c.status, c.body, c.type);
        const auto graph = wait_for(client.graph("g"));
        INFO(c.body);
        REQUIRE(graph.has_error());
        CHECK(graph.error().message == c.message);
        CHECK(graph.error().kind == c.kind);
        CHECK(graph.error().message.find("sesame") == std::string::npos);
    }
    FakeServer server;
    auto client = fake_client(server);
    server.refuse("GET /health");
    const auto health = wait_for(client.health());
    REQUIRE(health.has_error());
    CHECK(health.error().kind == Kind::unreachable);
    CHECK(health.error().message ==
          "state manager http://127.0.0.1:1 cannot be reached: connect 127.0.0.1:1: Connection "
          "refused");
}
