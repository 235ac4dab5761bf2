// What the embedded state manager does beyond the recorded protocol: durability, isolation, cost,
// start-up refusals, and where it is better than upstream.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "embedded/server.hpp"
#include "server_fixture.hpp"

using namespace exo;
using test::node;
using test::same;
using test::Server;

namespace {

const std::string ns = "/v0/namespace/ns";
const std::string two_nodes =
    node("root", "v", R"(["b"])") + "," + node("b", "${{ root.outputs.x }}");

std::string content_of(const std::string& directory) {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
        if (entry.is_regular_file()) {
            std::ifstream file(entry.path(), std::ios::binary);
            all.append(std::istreambuf_iterator<char>(file), {});
        }
    }
    return all;
}

std::string unites(const std::string& identifier, const std::string& strategy = "ALL_SUCCESS") {
    return R"({"identifier":")" + identifier + R"(","strategy":")" + strategy + R"("})";
}

// "id:identifier" of every claimable state, claimed.
std::string identifiers(const std::vector<Server::State>& states) {
    std::vector<std::string> names;
    for (const auto& state : states) {
        names.push_back(state.identifier);
    }
    std::sort(names.begin(), names.end());
    std::string line;
    for (const auto& name : names) {
        line += (line.empty() ? "" : " ") + name;
    }
    return line;
}

Server::State pick(const std::vector<Server::State>& states, const std::string& identifier) {
    for (const auto& state : states) {
        if (state.identifier == identifier) {
            return state;
        }
    }
    FAIL("no state of " << identifier);
    return {};
}

}  // namespace

TEST_CASE("everything that was answered survives a restart") {
    Server server;
    server.register_nodes();
    server.put_graph("g", two_nodes, R"("secrets":{"k":"top-secret"})");
    const auto run = server.trigger("g");
    const auto root = server.enqueue_one("root");
    server.reopen();
    CHECK(server.get(ns + "/graph/g")["validation_status"].GetString() == std::string("VALID"));
    CHECK(server.statuses(run) == "root:QUEUED");
    CHECK(server.executed(root).status == 200);
    server.reopen();
    CHECK(server.statuses(run) == "b:CREATED root:SUCCESS");
    const auto b = server.enqueue_one("b");
    CHECK(same(server.get(ns + "/state/" + b.id + "/secrets")["secrets"], R"({"k":"top-secret"})"));
    server.executed(b);
    CHECK(server.run_line(run) == "SUCCESS success=2 pending=0 errored=0 retried=0 total=2");
}

TEST_CASE("secrets and the API key are nowhere in clear: not on disk, not in the log") {
    Server server;
    server.register_nodes();
    const std::string secret = "a-secret-that-must-not-show";
    server.put_graph("g", two_nodes, R"("secrets":{"k":")" + secret + R"("})");
    const auto answer =
        server.put(ns + "/graph/bad", R"({"secrets":{"":")" + secret + R"("},"nodes":[]})");
    CHECK(answer.status == 400);
    CHECK(answer.body.find(secret) == std::string::npos);
    server.trigger("g");
    const auto root = server.enqueue_one("root");
    CHECK(server.get(ns + "/state/" + root.id + "/secrets").body.find(secret) != std::string::npos);
    for (const auto* path : {"/graph/g", "/graphs/", "/nodes/"}) {
        CHECK(server.get(ns + path).body.find(secret) == std::string::npos);
    }
    const auto while_open = content_of(server.data_dir());
    server.stop();
    for (const auto& text : {while_open, content_of(server.data_dir()), server.log()}) {
        CHECK(text.find(secret) == std::string::npos);
        CHECK(text.find(Server::key) == std::string::npos);
    }
    CHECK(while_open.find("root") != std::string::npos);  // the search does look at the data
}

TEST_CASE("every file of the data directory is private") {
    Server server;
    server.register_nodes();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(server.data_dir())) {
        INFO(entry.path());
        CHECK((entry.status().permissions() & std::filesystem::perms(077)) ==
              std::filesystem::perms::none);
    }
    CHECK((std::filesystem::status(server.data_dir()).permissions() &
           std::filesystem::perms(077)) == std::filesystem::perms::none);
}

TEST_CASE("start-up refusals say what is wrong") {
    const test::TempDir dir;
    boost::asio::io_context context;
    embedded::EmbeddedOptions options;
    options.listen = {"0.0.0.0", 0};
    options.data_dir = dir.path() + "/data";
    options.api_key = "fifteen-chars-k";
    const auto error_of = [&] {
        auto made = embedded::EmbeddedStateManager::create(context.get_executor(), options, {});
        return made ? std::string("started") : made.error().message;
    };
    CHECK(error_of() ==
          "listen on 0.0.0.0: refused, an address that others can reach needs an API key of at "
          "least 16 characters");
    options.listen = {"127.0.0.1", 0};
    auto first =
        embedded::EmbeddedStateManager::create(context.get_executor(), options, {}).value();
    CHECK(error_of() == "data directory " + options.data_dir +
                            " cannot be locked: another state manager uses it");
    first.reset();
    std::ofstream(options.data_dir + "/secrets-key") << "too-short\n";
    CHECK(error_of().find("/secrets-key: the key for secrets must have 32 bytes") !=
          std::string::npos);
    std::filesystem::remove(options.data_dir + "/secrets-key");
    std::ofstream(options.data_dir + "/state-manager.db") << std::string(4096, 'x');
    CHECK(error_of().find("file is not a database") != std::string::npos);
}

TEST_CASE("an API key is made if none is given") {
    const test::TempDir dir;
    boost::asio::io_context context;
    embedded::EmbeddedOptions options;
    options.listen = {"127.0.0.1", 0};
    options.data_dir = dir.path();
    const auto server =
        embedded::EmbeddedStateManager::create(context.get_executor(), options, {}).value();
    CHECK(server->api_key() == embedded::load_or_create_api_key(dir.path()).value());
    CHECK(server->api_key().size() >= 43);
}

TEST_CASE("the statements of a fan-out grow with its size and not faster") {
    Server server;
    server.register_nodes();
    server.put_graph("g", node("root", "v", R"(["f"])") + "," + node("f", "v", R"(["b"])") + "," +
                              node("b", "${{ f.outputs.x }}", R"(["u"])") + "," +
                              node("u", "v", "null", unites("root")));
    // Executes a fan-out of `count` to its end; gives the statements it took.
    const auto cost = [&](int count) {
        const auto run = server.trigger("g");
        server.executed(server.enqueue_one("root"));
        const auto f = server.enqueue_one("f");
        const auto before = server.stats().statements_run;
        std::string outputs;
        for (int i = 0; i < count; ++i) {
            outputs += (i == 0 ? "" : ",") + std::string(R"({"x":"1"})");
        }
        server.executed(f, "[" + outputs + "]");
        for (auto states = server.enqueue(200); states.size() != 1 || states[0].identifier != "u";
             states = server.enqueue(200)) {
            REQUIRE_FALSE(states.empty());
            std::vector<net::Request> reports;
            for (const auto& state : states) {
                reports.push_back(server.request(net::Method::post,
                                                 ns + "/state/" + state.id + "/executed",
                                                 R"({"outputs":[]})"));
            }
            for (const auto& reply : server.send_all(reports)) {
                REQUIRE(reply.status == 200);
            }
        }
        const auto total = server.stats().statements_run - before;
        CHECK(server.run_line(run) ==
              "PENDING success=" + std::to_string(2 * count + 1) +
                  " pending=1 errored=0 retried=0 total=" + std::to_string(2 * count + 2));
        return static_cast<double>(total) / count;
    };
    const double small = cost(100), large = cost(2000);
    CHECK(large < small * 1.2);
    CHECK(large < 40);
}

TEST_CASE("an enqueue answer is bounded by the size of its inputs, and loses nothing") {
    Server server;
    server.register_nodes();
    server.put_graph("g", node("root", "v"));
    const std::string large(3 * 1024 * 1024, 'x');
    for (int i = 0; i < 4; ++i) {
        server.trigger("g", R"({"inputs":{"a":")" + large + R"("}})");
    }
    CHECK(server.enqueue(10).size() == 2);
    CHECK(server.enqueue(10).size() == 2);
    CHECK(server.enqueue(10).empty());
    server.trigger("g", R"({"inputs":{"a":")" + large + large + large + R"("}})");
    CHECK(server.enqueue(10).size() == 1);  // one always fits
}

TEST_CASE("a refused request leaves nothing behind while others of its group are kept") {
    Server server;
    server.register_nodes();
    server.put_graph("g", two_nodes);
    const auto trigger = server.request(net::Method::post, ns + "/graph/g/trigger", "{}");
    const auto bad = server.request(net::Method::post, ns + "/graph/none/trigger", "{}");
    int good = 0;
    for (const auto& reply : server.send_all({trigger, bad, trigger, bad, trigger})) {
        good += reply.status == 200 ? 1 : 0;
    }
    CHECK(good == 3);
    CHECK(server.get(ns + "/runs/1/10")["total"].GetInt() == 3);
}

// ---- better than upstream

TEST_CASE("uniting waits for a uniting node on the way") {
    Server server;
    server.register_nodes();
    // root -> b -> v (unites root) -> w -> u (unites root)
    server.put_graph("g", node("root", "v", R"(["b"])") + "," + node("b", "v", R"(["v"])") + "," +
                              node("v", "v", R"(["w"])", unites("root")) + "," +
                              node("w", "v", R"(["u"])") + "," +
                              node("u", "${{ root.outputs.x }}", "null", unites("root")));
    const auto run = server.trigger("g");
    server.executed(server.enqueue_one("root"));
    server.executed(server.enqueue_one("b"));
    server.executed(server.enqueue_one("v"));
    server.executed(server.enqueue_one("w"));
    CHECK(server.enqueue_one("u").inputs == R"({"a":"1"})");
    CHECK(server.statuses(run) == "b:SUCCESS root:SUCCESS u:QUEUED v:SUCCESS w:SUCCESS");
}

TEST_CASE("uniting happens when a branch that does not lead there ends last, or is pruned") {
    for (const bool prune : {false, true}) {
        Server server;
        server.register_nodes();
        server.put_graph("g", node("root", "v", R"(["b","c"])") + "," + node("b", "v", R"(["u"])") +
                                  "," + node("c", "v") + "," +
                                  node("u", "v", "null", unites("root", "ALL_DONE")));
        server.trigger("g");
        server.executed(server.enqueue_one("root"));
        const auto states = server.enqueue();
        REQUIRE(identifiers(states) == "b c");
        server.executed(pick(states, "b"));
        CHECK(server.enqueue().empty());
        const auto c = pick(states, "c");
        const auto reply =
            prune ? server.report(c.id, "prune", R"({"data":{}})") : server.executed(c);
        CHECK(reply.status == 200);
        server.enqueue_one("u");
    }
}

TEST_CASE("uniting under ALL_DONE happens when every branch failed") {
    Server server;
    server.register_nodes();
    server.put_graph("g",
                     node("root", "v", R"(["b"])") + "," + node("b", "v", R"(["u"])") + "," +
                         node("u", "v", "null", unites("root", "ALL_DONE")),
                     R"("secrets":{},"retry_policy":{"max_retries":0})");
    const auto run = server.trigger("g");
    server.executed(server.enqueue_one("root"));
    server.errored(server.enqueue_one("b"));
    server.executed(server.enqueue_one("u"));
    CHECK(server.run_line(run) == "FAILED success=2 pending=0 errored=1 retried=0 total=3");
}

TEST_CASE("a manual retry heals a run whose uniting node was blocked") {
    Server server;
    server.register_nodes();
    server.put_graph("g",
                     node("root", "v", R"(["b"])") + "," + node("b", "v", R"(["u"])") + "," +
                         node("u", "v", "null", unites("root")),
                     R"("secrets":{},"retry_policy":{"max_retries":0})");
    server.trigger("g");
    server.executed(server.enqueue_one("root"));
    const auto b = server.enqueue_one("b");
    server.errored(b);
    CHECK(server.enqueue().empty());
    CHECK(server.report(b.id, "manual-retry", R"({"fanout_id":"x"})").status == 200);
    server.executed(server.enqueue_one("b"));
    const auto u = server.enqueue_one("u");
    server.executed(u);
    for (const auto* fanout : {"q", "q2"}) {  // a uniting state can be tried again, too
        const auto body = std::string(R"({"fanout_id":")") + fanout + R"("})";
        CHECK(server.report(u.id, "manual-retry", body).status == 200);
        server.executed(server.enqueue_one("u"));
    }
}

TEST_CASE("a uniting node that was added while the run was under way is found") {
    Server server;
    server.register_nodes();
    const auto graph = [](const std::string& next_of_b, const std::string& more) {
        return node("root", "v", R"(["b"])") + "," + node("b", "v", next_of_b) + more;
    };
    server.put_graph("g", graph("null", ""));
    server.trigger("g");
    server.executed(server.enqueue_one("root"), R"([{"x":"1"}])");
    const auto b = server.enqueue_one("b");
    server.put_graph("g", graph(R"(["u"])", "," + node("u", "v", "null", unites("root"))));
    server.executed(b);
    server.enqueue_one("u");
}

TEST_CASE("what a uniting node cannot get is told on the state that ended last") {
    Server server;
    server.register_nodes();
    server.put_graph("g", node("root", "v", R"(["b","c"])") + "," + node("b", "v", R"(["u"])") +
                              "," + node("c", "v", R"(["u"])") + "," +
                              node("u", "${{ c.outputs.x }}", "null", unites("root")));
    const auto run = server.trigger("g");
    server.executed(server.enqueue_one("root"));
    for (const auto& state : server.enqueue()) {
        server.executed(state);
    }
    CHECK(server.run_line(run) == "FAILED success=2 pending=0 errored=1 retried=0 total=3");
    const auto graph = server.run_graph(run);
    std::string errors;
    for (const auto& state : graph["nodes"].GetArray()) {
        errors += state["error"].IsString() ? state["error"].GetString() : "";
    }
    CHECK(errors == "\"Identifier 'c' not found in parents for template 'u'\"");
}

TEST_CASE("a graph across namespaces runs, and its states can be reported through either") {
    Server server;
    server.register_nodes();
    const std::string m =
        R"({"runtime_name":"rt","nodes":[{"name":"M","inputs_schema":{"properties":{"a":)"
        R"({"type":"string"}}},"outputs_schema":{},"secrets":[]}]})";
    REQUIRE(server.put("/v0/namespace/two/nodes/", m).status == 200);
    server.put_graph("g",
                     node("root", "v", R"(["m"])") +
                         R"(,{"node_name":"M","namespace":"two","identifier":"m",)"
                         R"("inputs":{"a":"X"},"next_nodes":["b"]},)" +
                         node("b", "v"),
                     R"("secrets":{"k":"v"})");
    const auto run = server.trigger("g");
    server.executed(server.enqueue_one("root"));
    const auto claimed =
        server.post("/v0/namespace/two/states/enqueue", R"({"nodes":["M"],"batch_size":5})");
    REQUIRE(claimed["count"].GetInt() == 1);
    const std::string id = claimed["states"][0]["state_id"].GetString();
    CHECK(
        same(server.get("/v0/namespace/two/state/" + id + "/secrets")["secrets"], R"({"k":"v"})"));
    CHECK(
        server.post("/v0/namespace/three/state/" + id + "/executed", R"({"outputs":[]})").status ==
        404);
    CHECK(server.post("/v0/namespace/two/state/" + id + "/executed", R"({"outputs":[]})").status ==
          200);
    server.executed(server.enqueue_one("b"));
    CHECK(server.statuses(run) == "b:SUCCESS m:SUCCESS root:SUCCESS");
}

TEST_CASE("JSON that is too deep, not UTF-8 or full of repeated keys does no harm") {
    Server server;
    server.register_nodes();
    const auto trigger = ns + "/graph/g/trigger";
    server.put_graph("g", node("root", "v"));
    CHECK(server.post(trigger, std::string(100'000, '[')).status == 422);
    CHECK(server.post(trigger, R"({"store":)" + std::string(100'000, '{')).status == 422);
    CHECK(server.post(trigger, "{\"store\":{\"k\":\"\xff\"}}").status == 422);
    CHECK(server.post(trigger, R"({"start_delay":NaN})").status == 422);
    CHECK(server.post(trigger, R"({"start_delay":1e400})").status == 422);
    CHECK(server.post(trigger, R"({"start_delay":99999999999999999999})").status == 422);
    CHECK(server.post(trigger, R"({"start_delay":9223372036854775807})").status == 200);
    server.trigger("g", R"({"inputs":{"a":"first","b":"","a":"last"}})");
    CHECK(server.enqueue_one("root").inputs == R"({"a":"last"})");
    CHECK(server.get("/v0/namespace/%ff/nodes/").status == 404);
    CHECK(server.get("/v0/namespace/a%2Fb/nodes/").status == 404);
    CHECK(same(server.get("/v0/namespace/%C3%A9%20/nodes/")["namespace"], R"("é ")"));
}
