#include "remote/operator_client.hpp"

#include <stdexcept>

#include "base/text_table.hpp"
#include "net/uri.hpp"
#include "remote/operator_json.hpp"

namespace exo::remote {
namespace {

bool is_json(const net::Response& response) {
    const auto type = net::find_header(response.headers, "content-type");
    return type.empty() || type.find("json") != std::string_view::npos;
}

// A message shows at most this much of an answer that nobody can vouch for.
constexpr std::size_t longest_quote = 200;

}  // namespace

void throw_exception_from_error(const OperatorError& error,
                                const boost::source_location& /*where*/) {
    throw std::runtime_error(error.message);
}

template <class... Segments>
std::string OperatorClient::path(const Segments&... segments) const {
    std::string out = "/v0/namespace/" + net::percent_encode_segment(options_.namespace_name);
    ((out += "/" + net::percent_encode_segment(segments)), ...);
    return out;
}

OperatorError OperatorClient::not_ours(const net::Request& request, const net::Response& response,
                                       const std::string& why) const {
    const auto type = net::find_header(response.headers, "content-type");
    std::string message = options_.uri + " is not answering as a state manager does (" +
                          std::string(net::to_string(request.method)) + " " + request.target +
                          ": HTTP " + std::to_string(response.status);
    if (!type.empty()) message += ", " + base::truncated(base::printable(type), 80);
    if (!why.empty()) message += "; " + why;
    return {OperatorError::Kind::not_ours, response.status,
            message + "): is this the right address?"};
}

OperatorError OperatorClient::refusal(const net::Request& request,
                                      const net::Response& response) const {
    if (response.status == 401 || response.status == 403) {
        return {OperatorError::Kind::unauthorized, response.status,
                "state manager " + options_.uri + " refused the API key from " +
                    options_.api_key_origin + " (HTTP " + std::to_string(response.status) + ")"};
    }
    const auto detail = is_json(response) ? read_detail(response.body) : "";
    if (detail.empty()) return not_ours(request, response, "");
    // A route that does not exist: FastAPI's text, and the embedded server's.
    if (response.status == 404 && detail == "Not Found") {
        return not_ours(request, response, "no such route");
    }
    if (response.status >= 500) {
        return {OperatorError::Kind::refused, response.status,
                "state manager " + options_.uri + " failed (HTTP " +
                    std::to_string(response.status) +
                    "): " + base::truncated(base::printable(detail), longest_quote)};
    }
    return {response.status == 404 ? OperatorError::Kind::not_found : OperatorError::Kind::refused,
            response.status, detail};
}

OperatorClient::Awaitable<std::string> OperatorClient::exchange(net::Method method,
                                                                std::string target,
                                                                std::string body) {
    constexpr std::size_t largest_answer = 256U << 20;  // a run of a million states fits
    net::Request request{
        .method = method,
        .target = std::move(target),
        .headers = {{"x-api-key", options_.api_key}, {"accept", "application/json"}},
        .body = std::move(body),
        .timeout = options_.timeout,
        .max_body = largest_answer};
    if (!request.body.empty()) request.headers.emplace_back("content-type", "application/json");
    auto response = co_await http_->send(request);
    if (!response) {
        co_return OperatorError{
            OperatorError::Kind::unreachable, 0,
            "state manager " + options_.uri + " cannot be reached: " + response.error().message};
    }
    if (response->status < 200 || response->status > 299) co_return refusal(request, *response);
    if (!is_json(*response)) co_return not_ours(request, *response, "");
    co_return std::move(response->body);
}

template <class T>
OperatorResult<T> OperatorClient::understood(const OperatorResult<std::string>& body,
                                             const std::string& what,
                                             base::Result<T> (*read)(std::string_view)) const {
    if (!body) return body.error();
    auto result = read(*body);
    if (result) {
        if constexpr (std::is_void_v<T>) {
            return {};
        } else {
            return std::move(*result);
        }
    }
    return OperatorError{OperatorError::Kind::not_ours, 200,
                         options_.uri + " is not answering as a state manager does (" + what +
                             ": " + result.error().message + "): is this the right address?"};
}

OperatorClient::Awaitable<> OperatorClient::health() {
    auto body = co_await exchange(net::Method::get, "/health", "");
    co_return understood(body, "health", read_health);
}

OperatorClient::Awaitable<std::vector<std::string>> OperatorClient::namespaces() {
    auto body = co_await exchange(net::Method::get, "/v0/namespaces", "");
    co_return understood(body, "list of namespaces", read_namespaces);
}

OperatorClient::Awaitable<std::vector<RegisteredNode>> OperatorClient::nodes() {
    auto body = co_await exchange(net::Method::get, path("nodes") + "/", "");
    co_return understood(body, "list of nodes", read_nodes);
}

OperatorClient::Awaitable<GraphTemplate> OperatorClient::put_graph(std::string name,
                                                                   std::string body) {
    auto answer = co_await exchange(net::Method::put, path("graph", name), std::move(body));
    auto graph = understood(answer, "graph " + name, read_graph);
    if (graph) graph->name = std::move(name);
    co_return graph;
}

OperatorClient::Awaitable<GraphTemplate> OperatorClient::graph(std::string name) {
    auto body = co_await exchange(net::Method::get, path("graph", name), "");
    auto graph = understood(body, "graph " + name, read_graph);
    if (graph) graph->name = std::move(name);
    co_return graph;
}

OperatorClient::Awaitable<std::string> OperatorClient::graph_json(std::string name) {
    auto body = co_await exchange(net::Method::get, path("graph", name), "");
    if (auto graph = understood(body, "graph " + name, read_graph); !graph) co_return graph.error();
    co_return body;
}

OperatorClient::Awaitable<std::vector<GraphTemplate>> OperatorClient::graphs() {
    auto body = co_await exchange(net::Method::get, path("graphs") + "/", "");
    co_return understood(body, "list of graphs", read_graphs);
}

OperatorClient::Awaitable<std::string> OperatorClient::trigger(std::string graph, KeyValues inputs,
                                                               KeyValues store) {
    auto body = co_await exchange(net::Method::post, path("graph", graph, "trigger"),
                                  write_trigger(inputs, store));
    co_return understood(body, "trigger of " + graph, read_run_id);
}

OperatorClient::Awaitable<RunsPage> OperatorClient::runs(std::int64_t page, std::int64_t size) {
    auto body = co_await exchange(net::Method::get,
                                  path("runs", std::to_string(page), std::to_string(size)), "");
    co_return understood(body, "list of runs", read_runs);
}

OperatorClient::Awaitable<RunGraph> OperatorClient::run(std::string run_id) {
    auto body = co_await exchange(net::Method::get, path("states", "run", run_id, "graph"), "");
    auto graph = understood(body, "run " + run_id, read_run_graph);
    // Servers answer 200 and an empty graph for a run they do not know.
    if (graph && graph->graph_name.empty() && graph->states.empty()) {
        co_return OperatorError{
            OperatorError::Kind::not_found, 200,
            "there is no run " + run_id + " in namespace " + options_.namespace_name};
    }
    co_return graph;
}

OperatorClient::Awaitable<NodeDetails> OperatorClient::node_details(std::string graph,
                                                                    std::string run_id,
                                                                    std::string state_id) {
    auto body = co_await exchange(net::Method::get,
                                  path("graph", graph, "run", run_id, "node", state_id), "");
    co_return understood(body, "state " + state_id, read_node_details);
}

}  // namespace exo::remote
