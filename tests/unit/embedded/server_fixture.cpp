#include "server_fixture.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace exo::test {

Document parse(const std::string& text) {
    auto parsed = embedded::json::parse(text);
    if (!parsed) {
        throw std::runtime_error("not JSON: " + text);
    }
    return std::move(*parsed);
}

std::string text(const Value& value) { return embedded::json::to_text(value); }

bool same(const Value& value, const std::string& json) { return value == parse(json); }

std::string node(const std::string& identifier, const std::string& input,
                 const std::string& next_nodes, const std::string& unites,
                 const std::string& name) {
    return R"({"node_name":")" + name + R"(","namespace":"ns","identifier":")" + identifier +
           R"(","inputs":{"a":")" + input + R"("},"next_nodes":)" + next_nodes + R"(,"unites":)" +
           unites + "}";
}

Server::Server(bool strict_upstream)
    : data_dir_(dir_.path() + "/data"),
      strict_upstream_(strict_upstream),
      clock_micros_(1'795'457'427'422'000) {
    start();
}

Server::~Server() { stop(); }

void Server::start() {
    io_ = std::make_unique<IoThread>();
    embedded::EmbeddedOptions options;
    options.listen = {"127.0.0.1", 0};
    options.data_dir = data_dir_;
    options.api_key = key;
    options.durability = settings::Durability::process;
    options.strict_upstream = strict_upstream_;
    options.clock = [this] { return clock_micros_.load(); };
    io_->call([&] {
        server_ = embedded::EmbeddedStateManager::create(io_->executor(), std::move(options),
                                                         base::Log::to_string(log_))
                      .value();
        server_->start();
        port_ = server_->port();
        net::ClientOptions client;
        client.uri = net::parse_base_uri("http://127.0.0.1:" + std::to_string(port_)).value();
        client_ = net::HttpClient::create(io_->executor(), client).value();
    });
}

void Server::stop() {
    if (!io_) {
        return;
    }
    io_->call([this] { client_->close_idle(); });
    io_->run(server_->stop());
    io_->stop();
    client_.reset();
    server_.reset();
    io_.reset();
}

void Server::reopen() {
    stop();
    start();
}

embedded::EmbeddedStats Server::stats() {
    return io_->call([this] { return server_->stats(); });
}

net::Request Server::request(net::Method method, const std::string& target,
                             const std::string& body) const {
    net::Request made;
    made.method = method;
    made.target = target;
    made.body = body;
    made.headers = {{"x-api-key", key}};
    if (!body.empty()) {
        made.headers.emplace_back("content-type", "application/json");
    }
    return made;
}

namespace {

Reply to_reply(const net::Response& response) {
    auto parsed = embedded::json::parse(response.body);
    return {response.status, response.headers, response.body,
            std::make_shared<Document>(parsed ? std::move(*parsed) : Document())};
}

}  // namespace

Reply Server::send(net::Method method, const std::string& target, const std::string& body,
                   std::optional<net::Headers> headers) {
    auto made = request(method, target, body);
    if (headers) {
        made.headers = *headers;
    }
    auto response = io_->run(client_->send(std::move(made)));
    if (!response) {
        throw std::runtime_error(response.error().message);
    }
    return to_reply(*response);
}

std::vector<Reply> Server::send_all(const std::vector<net::Request>& requests) {
    std::vector<std::future<boost::system::result<net::Response, net::TransportError>>> futures;
    for (const auto& made : requests) {
        futures.push_back(
            boost::asio::co_spawn(io_->context(), client_->send(made), boost::asio::use_future));
    }
    std::vector<Reply> replies;
    for (auto& future : futures) {
        auto response = get_in_time(std::move(future));
        if (!response) {
            throw std::runtime_error(response.error().message);
        }
        replies.push_back(to_reply(*response));
    }
    return replies;
}

void Server::register_nodes() {
    const std::string string = R"({"type":"string"})";
    const auto reply = put(
        "/v0/namespace/ns/nodes/",
        R"({"runtime_name":"rt","nodes":[)"
        R"({"name":"N","inputs_schema":{"type":"object","properties":{"a":)" +
            string + R"(}},"outputs_schema":{"properties":{"x":)" + string + R"(,"y":)" + string +
            R"(}},"secrets":[]},)"
            R"({"name":"N2","inputs_schema":{"properties":{"a":)" +
            string +
            R"(,"b":{"type":"string","default":"d"}}},"outputs_schema":{},"secrets":[]},)"
            R"({"name":"Int","inputs_schema":{"properties":{"a":{"type":"integer"}}},)"
            R"("outputs_schema":{},"secrets":[]},)"
            R"({"name":"Sec","inputs_schema":{"properties":{"a":)" +
            string + R"(}},"outputs_schema":{},"secrets":["api_key"]}]})");
    REQUIRE(reply.status == 200);
}

std::string Server::put_graph(const std::string& name, const std::string& nodes,
                              const std::string& more) {
    const auto path = "/v0/namespace/ns/graph/" + name;
    const auto reply = put(path, "{" + more + R"(,"nodes":[)" + nodes + "]}");
    INFO(reply.body);
    REQUIRE(reply.status == 201);
    return get(path)["validation_status"].GetString();
}

std::string Server::trigger(const std::string& graph, const std::string& body) {
    const auto reply = post("/v0/namespace/ns/graph/" + graph + "/trigger", body);
    INFO(reply.body);
    REQUIRE(reply.status == 200);
    return reply["run_id"].GetString();
}

std::vector<Server::State> Server::enqueue(int batch, const std::string& nodes) {
    const auto reply =
        post("/v0/namespace/ns/states/enqueue",
             R"({"nodes":)" + nodes + R"(,"batch_size":)" + std::to_string(batch) + "}");
    REQUIRE(reply.status == 200);
    std::vector<State> states;
    for (const auto& state : reply["states"].GetArray()) {
        states.push_back({state["state_id"].GetString(), state["identifier"].GetString(),
                          text(state["inputs"])});
    }
    return states;
}

Server::State Server::enqueue_one(const std::string& identifier) {
    const auto states = enqueue();
    REQUIRE(states.size() == 1);
    REQUIRE(states[0].identifier == identifier);
    return states[0];
}

Reply Server::report(const std::string& state, const std::string& what, const std::string& body) {
    return post("/v0/namespace/ns/state/" + state + "/" + what, body);
}

Reply Server::executed(const State& state, const std::string& outputs) {
    return report(state.id, "executed", R"({"outputs":)" + outputs + "}");
}

Reply Server::errored(const State& state, const std::string& error) {
    return report(state.id, "errored", R"({"error":")" + error + R"("})");
}

Reply Server::run_graph(const std::string& run) {
    return get("/v0/namespace/ns/states/run/" + run + "/graph");
}

std::string Server::statuses(const std::string& run) {
    std::vector<std::string> all;
    const auto graph = run_graph(run);
    for (const auto& state : graph["nodes"].GetArray()) {
        all.push_back(std::string(state["identifier"].GetString()) + ":" +
                      state["status"].GetString());
    }
    std::sort(all.begin(), all.end());
    std::string line;
    for (const auto& one : all) {
        line += (line.empty() ? "" : " ") + one;
    }
    return line;
}

std::string Server::run_line(const std::string& run) {
    const auto reply = get("/v0/namespace/ns/runs/1/100");
    for (const auto& one : reply["runs"].GetArray()) {
        if (one["run_id"].GetString() == run) {
            std::string line = one["status"].GetString();
            for (const auto* name : {"success", "pending", "errored", "retried", "total"}) {
                line += std::string(" ") + name + "=" +
                        std::to_string(one[(std::string(name) + "_count").c_str()].GetInt64());
            }
            return line;
        }
    }
    return "no such run";
}

}  // namespace exo::test
