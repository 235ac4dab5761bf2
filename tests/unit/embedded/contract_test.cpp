// The server cases S1 to S13 of the conformance list, over real HTTP against the real server.
#include <catch2/catch.hpp>
#include <regex>
#include <set>

#include "server_fixture.hpp"

using namespace exo;
using test::node;
using test::same;
using test::Server;

namespace {

const std::string ns = "/v0/namespace/ns";
const std::string two_nodes =
    node("root", "v", R"(["b"])") + "," + node("b", "${{ root.outputs.x }}");
const std::string f_to_b = node("root", "v", R"(["f"])") + "," + node("f", "v", R"(["b"])") + "," +
                           node("b", "${{ f.outputs.x }}", R"(["u"])") + ",";

std::string unites(const std::string& identifier, const std::string& strategy) {
    return R"({"identifier":")" + identifier + R"(","strategy":")" + strategy + R"("})";
}

// root -> f -> b -> u, u unites root; f is executed with `count` outputs. Gives the b states.
std::vector<Server::State> fan_out(Server& server, const std::string& strategy, int count,
                                   std::string& run, const std::string& policy = "3") {
    server.register_nodes();
    REQUIRE(server.put_graph("g", f_to_b + node("u", "v", "null", unites("root", strategy)),
                             R"("secrets":{},"retry_policy":{"max_retries":)" + policy + "}") ==
            "VALID");
    run = server.trigger("g");
    server.executed(server.enqueue_one("root"));
    std::string outputs;
    for (int i = 0; i < count; ++i) {
        outputs += (i == 0 ? "" : ",") + std::string(R"({"x":")") + std::to_string(i) + R"("})";
    }
    server.executed(server.enqueue_one("f"), "[" + outputs + "]");
    auto states = server.enqueue();
    REQUIRE(states.size() == static_cast<std::size_t>(count));
    return states;
}

}  // namespace

TEST_CASE("S1 auth and envelope") {
    Server server;
    const auto get = [&](const net::Headers& headers) {
        return server.send(net::Method::get, "/v0/namespaces", "", headers);
    };
    auto reply = get({});
    CHECK(reply.status == 401);
    CHECK(same(*reply.json, R"({"detail":"Invalid API key"})"));
    CHECK(reply.header("x-exosphere-request-id").size() == 36);
    const std::string id = "6F9619FF-8B86-D011-B42D-00CF4FC964FF";
    CHECK(get({{"x-exosphere-request-id", id}}).header("x-exosphere-request-id") == id);
    const auto fresh = get({{"x-exosphere-request-id", "not-uuid"}});
    CHECK(fresh.header("x-exosphere-request-id") != "not-uuid");
    CHECK(fresh.header("x-exosphere-request-id").size() == 36);
    CHECK(get({{"X-API-Key", Server::key}}).status == 200);
    CHECK(server.send(net::Method::get, "/health", "", net::Headers{}).status == 200);

    const auto enqueue = ns + "/states/enqueue";
    reply = server.send(net::Method::post, enqueue, "{bad", net::Headers{{"x-api-key", "wrong"}});
    CHECK(reply.status == 422);
    CHECK(same(reply["detail"],
               R"([{"type":"json_invalid","loc":["body",1],"msg":"JSON decode error","input":{},)"
               R"("ctx":{"error":"Expecting property name enclosed in double quotes"}}])"));
    reply = server.send(net::Method::post, enqueue, R"({"nodes":"x"})",
                        net::Headers{{"x-api-key", "wrong"}});
    CHECK(reply.status == 401);
    reply = server.post(enqueue, R"({"nodes":"x"})");
    CHECK(reply.status == 422);
    CHECK(
        same(reply["detail"],
             R"([{"type":"list_type","loc":["body","nodes"],"msg":"Input should be a valid list",)"
             R"("input":"x"},{"type":"missing","loc":["body","batch_size"],)"
             R"("msg":"Field required","input":{"nodes":"x"}}])"));
}

TEST_CASE("S2 register and list") {
    Server server;
    const auto body = [](const std::string& inputs) {
        return R"({"runtime_name":"rt","runtime_namespace":"other","nodes":[{"name":"N",)"
               R"("namespace":"other","inputs_schema":)" +
               inputs + R"(,"outputs_schema":{"b":2},"secrets":["k"]}]})";
    };
    auto reply = server.put(ns + "/nodes/", body(R"({"a":1})"));
    CHECK(reply.status == 200);
    CHECK(same(*reply.json,
               R"({"runtime_name":"rt","registered_nodes":[{"name":"N",)"
               R"("inputs_schema":{"a":1},"outputs_schema":{"b":2},"secrets":["k"]}]})"));
    CHECK(server.put(ns + "/nodes/", body(R"({"a":3})")).status == 200);
    reply = server.get(ns + "/nodes/");
    CHECK(same(reply["count"], "1"));
    const auto& listed = reply["nodes"][0];
    CHECK(std::string(listed["_id"].GetString()).size() == 24);
    CHECK(same(listed["namespace"], R"("ns")"));
    CHECK(same(listed["runtime_namespace"], R"("ns")"));
    CHECK(same(listed["inputs_schema"], R"({"a":3})"));
    CHECK(same(listed["created_at"], R"("2026-11-23T18:10:27.422000")"));
    CHECK(same(*server.get("/v0/namespaces").json, R"({"namespaces":["ns"],"count":1})"));
    CHECK(same(server.get("/v0/namespace/none/nodes/")["count"], "0"));
    reply = server.put(ns + "/nodes/",
                       R"({"runtime_name":"rt","nodes":[{"name":"N","inputs_schema":{},)"
                       R"("outputs_schema":{}}]})");
    CHECK(reply.status == 422);
    CHECK(same(reply["detail"][0]["loc"], R"(["body","nodes",0,"secrets"])"));
}

TEST_CASE("S2 a missing slash is answered with 307 to the right form") {
    Server server;
    // The client follows a 307 by itself: look at the bytes.
    const auto reply = server.put(ns + "/nodes", R"({"runtime_name":"rt","nodes":[]})");
    CHECK(reply.status == 200);
    CHECK(same(*reply.json, R"({"runtime_name":"rt","registered_nodes":[]})"));
    CHECK(server.post(ns + "/states/enqueue/", R"({"nodes":[],"batch_size":1})").status == 200);
    CHECK(server.get("/nope/").status == 404);
}

TEST_CASE("S3 a graph's life") {
    Server server;
    server.register_nodes();
    auto reply =
        server.put(ns + "/graph/g", R"({"secrets":{"k":"v"},"nodes":[)" + two_nodes + "]}");
    CHECK(reply.status == 201);
    CHECK(same(reply["validation_status"], R"("PENDING")"));
    CHECK(same(reply["secrets"], R"({"k":true})"));
    CHECK(same(reply["nodes"][1]["next_nodes"], "[]"));
    CHECK(reply["nodes"][1]["unites"].IsNull());
    reply = server.get(ns + "/graph/g");
    CHECK(same(reply["validation_status"], R"("VALID")"));
    CHECK(same(reply["validation_errors"], "[]"));
    CHECK(same(reply["secrets"], R"({"k":true})"));
    reply = server.get(ns + "/graph/none");
    CHECK(reply.status == 404);
    CHECK(reply.detail() == "Graph template none not found in namespace ns");
}

TEST_CASE("S3 an update keeps created_at and replaces everything else") {
    Server server;
    server.register_nodes();
    server.put_graph("g", two_nodes,
                     R"("secrets":{"k":"v"},"retry_policy":{"max_retries":7,"strategy":"LINEAR"},)"
                     R"("store_config":{"required_keys":["z"],"default_values":{"d":"1"}},)"
                     R"("triggers":[{"type":"CRON","value":{"expression":"@daily","tz":"UTC"}}])");
    auto reply = server.get(ns + "/graph/g");
    CHECK(same(reply["retry_policy"], R"({"max_retries":7,"strategy":"LINEAR",)"
                                      R"("backoff_factor":2000,"exponent":2,"max_delay":null})"));
    CHECK(same(reply["store_config"], R"({"required_keys":["z"],"default_values":{"d":"1"}})"));
    CHECK(
        same(reply["triggers"], R"([{"type":"CRON","value":{"expression":"@daily","tz":"UTC"}}])"));
    const std::string created = reply["created_at"].GetString();
    server.advance_ms(1500);
    server.put_graph("g", two_nodes);
    reply = server.get(ns + "/graph/g");
    CHECK(same(reply["created_at"], "\"" + created + "\""));
    CHECK(same(reply["updated_at"], R"("2026-11-23T18:10:28.922000")"));
    CHECK(same(reply["retry_policy"]["max_retries"], "3"));
    CHECK(same(reply["secrets"], "{}"));
    CHECK(same(reply["triggers"], "[]"));
    reply = server.get(ns + "/graphs/");
    CHECK(same(reply["count"], "1"));
    CHECK(same(reply["templates"][0]["name"], R"("g")"));
    CHECK(same(server.get("/v0/namespace/none/graphs/")["templates"], "[]"));
}

TEST_CASE("S4 a refused graph answers 400 and leaves the old one") {
    Server server;
    server.register_nodes();
    REQUIRE(server.put_graph("g", two_nodes) == "VALID");
    const auto reply = server.put(
        ns + "/graph/g", R"({"secrets":{},"nodes":[)" + node("root", "v", R"(["b"])") + "," +
                             node("b", "v", R"(["c"])") + "," + node("c", "v", R"(["b"])") + "]}");
    CHECK(reply.status == 400);
    CHECK(reply.detail() == "Error validating graph template: Node b is not acyclic");
    CHECK(same(server.get(ns + "/graph/g")["validation_status"], R"("VALID")"));
    CHECK(server.get(ns + "/graph/g")["nodes"].Size() == 2);
    const auto store =
        server.put(ns + "/graph/s", R"({"secrets":{},"nodes":[)" + node(" store ", "v") + "]}");
    CHECK(store.status == 422);
    CHECK(same(store["detail"],
               R"([{"type":"value_error","loc":["body","nodes",0,"identifier"],)"
               R"("msg":"Value error, Node identifier cannot be reserved word 'store'",)"
               R"("input":" store ","ctx":{"error":{}}}])"));
}

TEST_CASE("S5 graphs that turn INVALID cannot be triggered") {
    Server server;
    server.register_nodes();
    const auto errors = [&](const std::string& nodes) {
        server.put_graph("g", nodes);
        return test::text(server.get(ns + "/graph/g")["validation_errors"]);
    };
    CHECK(
        errors(node("root", "v", "null", "null", "Nope")) ==
        R"(["Node Nope in namespace ns does not exist.","Node Nope in namespace ns does not exist"])");
    CHECK(errors(node("root", "v", "null", "null", "Sec")) ==
          R"(["Secret api_key is required but not present in the graph template"])");
    CHECK(errors(node("root", "v", "null", "null", "N2")) ==
          R"(["Input b in node N2 in namespace ns is not present in the graph template"])");
    CHECK(errors(node("root", "v", "null", "null", "Int")) ==
          R"(["Input a in node Int in namespace ns is not a string"])");
    const auto reply = server.post(ns + "/graph/g/trigger", "{}");
    CHECK(reply.status == 400);
    CHECK(reply.detail() == "Graph template is not valid");
    CHECK(server.post(ns + "/graph/none/trigger", "{}").detail() ==
          "Graph template not found for namespace ns and graph none");
}

TEST_CASE("S6 trigger and store") {
    Server server;
    server.register_nodes();
    REQUIRE(server.put_graph("g", node("root", "p=${{ store.k }} d=${{store.d}}"),
                             R"("secrets":{},"store_config":{"required_keys":["k","z"],)"
                             R"("default_values":{"d":"dd"}})") == "VALID");
    const auto path = ns + "/graph/g/trigger";
    CHECK(server.post(path, "{}").detail() ==
          "Invalid input: 400: Dependent k not found in store for root node root");
    CHECK(server.post(path, R"({"store":{"k":"1"}})").detail() == "Missing store keys: {'z'}");
    const auto run = server.post(
        path, R"({"store":{"k":"1","z":"1"},"inputs":{"a":"x${{store.k}}","zzz":"i"}})");
    CHECK(run.status == 200);
    CHECK(same(run["status"], R"("CREATED")"));
    CHECK(server.enqueue_one("root").inputs == R"({"a":"x1"})");
    server.trigger("g", R"({"store":{"k":"1","z":"1"}})");
    CHECK(server.enqueue_one("root").inputs == R"({"a":"p=1 d=dd"})");
    CHECK(same(server.post(path, R"({"store":{"k":1}})")["detail"][0]["type"], R"("string_type")"));
    CHECK(server.post(path, R"({"start_delay":-1})").status == 422);
    server.trigger("g", R"({"store":{"k":"1","z":"1"},"start_delay":400})");
    server.advance_ms(399);
    CHECK(server.enqueue().empty());
    server.advance_ms(1);
    CHECK(server.enqueue().size() == 1);
}

TEST_CASE("S7 every state is handed out exactly once") {
    Server server;
    server.register_nodes();
    server.put_graph("g", node("root", "v"));
    for (int i = 0; i < 40; ++i) {
        server.trigger("g");
    }
    const auto enqueue = server.request(net::Method::post, ns + "/states/enqueue",
                                        R"({"nodes":["N"],"batch_size":3})");
    std::multiset<std::string> claimed;
    bool empty = false;
    while (!empty) {
        empty = true;
        for (const auto& reply : server.send_all(std::vector<net::Request>(8, enqueue))) {
            for (const auto& state : reply["states"].GetArray()) {
                claimed.insert(state["state_id"].GetString());
                empty = false;
            }
        }
    }
    CHECK(claimed.size() == 40);
    CHECK(std::set<std::string>(claimed.begin(), claimed.end()).size() == 40);
    CHECK(same(*server.post(ns + "/states/enqueue", R"({"nodes":["N"],"batch_size":3})").json,
               R"({"count":0,"namespace":"ns","status":"QUEUED","states":[]})"));
    server.trigger("g");
    CHECK(server.enqueue(0).empty());
    CHECK(server.enqueue(-1).empty());
    CHECK(server.enqueue(5, R"(["other"])").empty());
    CHECK(same(server.post("/v0/namespace/other/states/enqueue",
                           R"({"nodes":["N"],"batch_size":3})")["count"],
               "0"));
    CHECK(server.enqueue(5, R"(["other","N","N"])").size() == 1);
}

TEST_CASE("S8 executed and fan-out") {
    Server server;
    server.register_nodes();
    server.put_graph("g", two_nodes);
    const auto run = server.trigger("g");
    const auto root = server.enqueue_one("root");
    const std::string outputs = R"([{"x":"1","y":"2"},{"x":"3","y":"4"}])";
    auto reply = server.executed(root, outputs);
    CHECK(reply.status == 200);
    CHECK(same(*reply.json, R"({"status":"EXECUTED"})"));
    const auto graph = server.run_graph(run);
    CHECK(graph["root_states"].Size() == 2);
    CHECK(server.statuses(run) == "b:CREATED b:CREATED root:SUCCESS root:SUCCESS");
    REQUIRE(graph["edges"].Size() == 2);
    CHECK(test::text(graph["edges"][0]["source"]) == test::text(graph["root_states"][0]["id"]));
    CHECK(test::text(graph["edges"][1]["source"]) == test::text(graph["root_states"][1]["id"]));
    const auto b = server.enqueue();
    REQUIRE(b.size() == 2);
    CHECK(b[0].inputs == R"({"a":"1"})");
    CHECK(b[1].inputs == R"({"a":"3"})");
    reply = server.executed(root, outputs);
    CHECK(reply.status == 400);
    CHECK(reply.detail() == "State is not queued");
    CHECK(server.report("6b0481440cb31c46a4ffffff", "executed", R"({"outputs":[]})").detail() ==
          "State not found");
    CHECK(same(server.executed(b[0], R"({"x":"1"})")["detail"][0]["type"], R"("list_type")"));
    CHECK(server.executed(b[0], "[]").status == 200);
    const auto details = server.get(ns + "/graph/g/run/" + run + "/node/" + b[0].id);
    CHECK(same(details["status"], R"("SUCCESS")"));
    CHECK(same(details["outputs"], "{}"));
    CHECK(details["error"].IsNull());
    CHECK(same(details["parents"]["root"], "\"" + root.id + "\""));
}

TEST_CASE("S9 what cannot follow ends in NEXT_CREATED_ERROR") {
    Server server;
    server.register_nodes();
    server.put_graph("g", two_nodes);
    const auto error_of = [&](const std::string& outputs, std::string& run) {
        run = server.trigger("g");
        const auto root = server.enqueue_one("root");
        CHECK(server.executed(root, outputs).status == 200);
        const auto details = server.get(ns + "/graph/g/run/" + run + "/node/" + root.id);
        CHECK(same(details["status"], R"("NEXT_CREATED_ERROR")"));
        return std::string(details["error"].GetString());
    };
    std::string run;
    CHECK(error_of("[]", run) ==
          "Output field 'x' not found on current state 'root' for template 'b'");
    CHECK(server.statuses(run) == "root:NEXT_CREATED_ERROR");
    CHECK(server.run_line(run) == "FAILED success=0 pending=0 errored=1 retried=0 total=1");
    CHECK(error_of(R"([{"x":5}])", run) == "unsupported operand type(s) for +: 'int' and 'str'");
    // One sibling that cannot be followed stops them all.
    error_of(R"([{"x":"1"},{"x":null}])", run);
    CHECK(server.statuses(run) == "root:NEXT_CREATED_ERROR root:NEXT_CREATED_ERROR");
}

TEST_CASE("S10 retries") {
    Server server;
    server.register_nodes();
    server.put_graph("g", node("root", "v"),
                     R"("secrets":{},"retry_policy":{"max_retries":2,"strategy":"LINEAR",)"
                     R"("backoff_factor":300,"max_delay":500})");
    const auto run = server.trigger("g");
    const auto first = server.enqueue_one("root");
    auto reply = server.errored(first);
    CHECK(same(*reply.json, R"({"status":"ERRORED","retry_created":true})"));
    server.advance_ms(299);
    CHECK(server.enqueue().empty());
    server.advance_ms(1);
    const auto second = server.enqueue_one("root");
    CHECK(second.id != first.id);
    CHECK(second.inputs == first.inputs);
    CHECK(same(server.errored(second)["retry_created"], "true"));
    server.advance_ms(499);
    CHECK(server.enqueue().empty());
    server.advance_ms(1);
    CHECK(same(server.errored(server.enqueue_one("root"))["retry_created"], "false"));
    CHECK(server.run_line(run) == "FAILED success=0 pending=0 errored=1 retried=2 total=3");
    reply = server.errored(first);
    CHECK(reply.status == 400);
    CHECK(reply.detail() == "State is not queued or executed");
    CHECK(server.report(first.id, "errored", R"({"error":null})").status == 422);
    const auto details = server.get(ns + "/graph/g/run/" + run + "/node/" + first.id);
    CHECK(same(details["status"], R"("RETRY_CREATED")"));
    CHECK(same(details["error"], R"("boom")"));
}

TEST_CASE("S11 unites after the last branch, once") {
    Server server;
    std::string run;
    const auto b = fan_out(server, "ALL_SUCCESS", 3, run);
    server.executed(b[0]);
    server.executed(b[1]);
    CHECK(server.enqueue().empty());
    server.executed(b[2]);
    const auto u = server.enqueue_one("u");
    const auto details = server.get(ns + "/graph/g/run/" + run + "/node/" + u.id);
    const std::string root = server.run_graph(run)["root_states"][0]["id"].GetString();
    CHECK(same(details["parents"], std::string(R"({"root":")") + root + R"("})"));
    server.executed(u);
    CHECK(server.run_line(run) == "SUCCESS success=8 pending=0 errored=0 retried=0 total=8");
}

TEST_CASE("S11 two branches that end at the same moment make one uniting state") {
    Server server;
    std::string run;
    const auto b = fan_out(server, "ALL_SUCCESS", 2, run);
    const auto last = [&](const Server::State& state) {
        return server.request(net::Method::post, ns + "/state/" + state.id + "/executed",
                              R"({"outputs":[{"x":"1"}]})");
    };
    for (const auto& reply : server.send_all({last(b[0]), last(b[1])})) {
        CHECK(reply.status == 200);
    }
    CHECK(server.enqueue().size() == 1);
}

TEST_CASE("S11 an error blocks ALL_SUCCESS and not ALL_DONE, whichever comes last") {
    for (const bool error_last : {false, true}) {
        for (const std::string strategy : {"ALL_SUCCESS", "ALL_DONE"}) {
            INFO(strategy << " error_last=" << error_last);
            Server server;
            std::string run;
            const auto b = fan_out(server, strategy, 2, run, "0");
            if (error_last) {
                server.executed(b[0]);
                CHECK(server.enqueue().empty());
                server.errored(b[1]);
            } else {
                server.errored(b[1]);
                CHECK(server.enqueue().empty());
                server.executed(b[0]);
            }
            CHECK(server.enqueue().size() == (strategy == "ALL_DONE" ? 1U : 0U));
        }
    }
}

TEST_CASE("S11 a retried branch that succeeds later counts as success") {
    Server server;
    std::string run;
    const auto b = fan_out(server, "ALL_SUCCESS", 2, run);
    server.errored(b[0]);
    server.executed(b[1]);
    CHECK(server.enqueue().empty());
    server.advance_ms(2000);
    server.executed(server.enqueue_one("b"));
    server.enqueue_one("u");
}

TEST_CASE("S12 signals") {
    Server server;
    server.register_nodes();
    server.put_graph("g", node("root", "v"));
    const auto run = server.trigger("g");
    const auto state = server.enqueue_one("root");
    auto reply = server.report(state.id, "re-enqueue-after", R"({"enqueue_after":300})");
    CHECK(reply.status == 200);
    CHECK(same(reply["status"], R"("CREATED")"));
    CHECK(reply["enqueue_after"].GetInt64() == server.now_ms() + 300);
    server.advance_ms(299);
    CHECK(server.enqueue().empty());
    server.advance_ms(1);
    CHECK(server.enqueue_one("root").id == state.id);
    CHECK(same(
        server.report(state.id, "re-enqueue-after", R"({"enqueue_after":0})")["detail"][0]["type"],
        R"("greater_than")"));
    reply = server.report(state.id, "prune", R"({"data":{"why":1}})");
    CHECK(reply.status == 200);
    CHECK(same(*reply.json, R"({"enqueue_after":)" + std::to_string(server.now_ms()) +
                                R"(,"status":"PRUNED"})"));
    CHECK(server.report(state.id, "prune", R"({"data":{}})").detail() == "State is not queued");
    CHECK(server.run_line(run) == "SUCCESS success=1 pending=0 errored=0 retried=0 total=1");
    CHECK(server.report(state.id, "re-enqueue-after", R"({"enqueue_after":1})").detail() ==
          "State is not queued");
}

TEST_CASE("S12 manual retry") {
    Server server;
    server.register_nodes();
    server.put_graph("g", two_nodes);
    const auto run = server.trigger("g");
    const auto root = server.enqueue_one("root");
    server.executed(root, "[]");
    CHECK(server.run_line(run) == "FAILED success=0 pending=0 errored=1 retried=0 total=1");
    const std::string body = R"({"fanout_id":"f1"})";
    const auto reply = server.report(root.id, "manual-retry", body);
    CHECK(reply.status == 200);
    CHECK(same(reply["status"], R"("CREATED")"));
    CHECK(server.enqueue_one("root").id == reply["id"].GetString());
    const auto again = server.report(root.id, "manual-retry", body);
    CHECK(again.status == 409);
    CHECK(again.detail() == "Duplicate retry state detected");
    CHECK(server.post("/v0/namespace/other/state/" + root.id + "/manual-retry", body).status ==
          404);
    CHECK(server.statuses(run) == "root:QUEUED root:RETRY_CREATED");
    CHECK(server.report(root.id, "manual-retry", R"({"fanout_id":""})").status == 200);
}

TEST_CASE("S13 reads for the dashboard") {
    Server server;
    server.register_nodes();
    server.put_graph("g", two_nodes);
    std::vector<std::string> runs;
    for (int i = 0; i < 5; ++i) {
        runs.push_back(server.trigger("g"));
    }
    auto reply = server.get(ns + "/runs/1/2");
    CHECK(same(reply["total"], "5"));
    CHECK(same(reply["page"], "1"));
    CHECK(same(reply["size"], "2"));
    REQUIRE(reply["runs"].Size() == 2);
    CHECK(same(reply["runs"][0]["run_id"], "\"" + runs[4] + "\""));
    CHECK(same(reply["runs"][1]["run_id"], "\"" + runs[3] + "\""));
    CHECK(same(reply["runs"][0]["graph_name"], R"("g")"));
    CHECK(server.get(ns + "/runs/4/2")["runs"].Empty());
    CHECK(server.get(ns + "/runs/1/0")["runs"].Size() == 5);
    CHECK(same(server.get(ns + "/runs/0/2")["detail"][0]["type"], R"("greater_than_equal")"));
    CHECK(server.get(ns + "/runs/9223372036854775807/9223372036854775807")["runs"].Empty());
    reply = server.run_graph("nope");
    CHECK(reply.status == 200);
    CHECK(same(*reply.json,
               R"({"root_states":[],"graph_name":"","nodes":[],"edges":[],"node_count":0,)"
               R"("edge_count":0,"execution_summary":{"CREATED":0,"QUEUED":0,"EXECUTED":0,)"
               R"("ERRORED":0,"NEXT_CREATED_ERROR":0,"SUCCESS":0,"PRUNED":0,"RETRY_CREATED":0}})"));
    reply = server.get(ns + "/graph/g/run/" + runs[0] + "/node/zzz");
    CHECK(reply.status == 400);
    CHECK(reply.detail() == "Invalid node ID format: zzz");
    reply = server.get(ns + "/graph/g/run/" + runs[0] + "/node/6b0481440cb31c46a4ffffff");
    CHECK(reply.status == 404);
    CHECK(reply.detail() ==
          "Node 6b0481440cb31c46a4ffffff not found in run " + runs[0] + " for graph g");
}
