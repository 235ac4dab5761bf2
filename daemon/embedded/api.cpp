#include "embedded/api.hpp"

#include <algorithm>

#include "embedded/api_call.hpp"

namespace exo::embedded {

namespace asio = boost::asio;

struct Api::Endpoint {
    net::Method method;
    std::string_view pattern;
    Reply (Api::*handler)(const Call&);
    const body::Check& (*body)() = nullptr;  // null: the request's body is not looked at
    bool writes = false;
    bool is_open = false;  // needs no key
};

const std::vector<Api::Endpoint>& Api::endpoints() {
    using net::Method;
#define EXO_NS "/v0/namespace/{}"
    static const std::vector<Endpoint> all{
        {Method::get, "/health", &Api::health, nullptr, false, true},
        {Method::get, "/v0/namespaces", &Api::list_namespaces},
        {Method::put, EXO_NS "/nodes/", &Api::register_nodes, body::register_nodes, true},
        {Method::get, EXO_NS "/nodes/", &Api::list_nodes},
        {Method::put, EXO_NS "/graph/{}", &Api::upsert_graph, body::upsert_graph, true},
        {Method::get, EXO_NS "/graph/{}", &Api::get_graph},
        {Method::get, EXO_NS "/graphs/", &Api::list_graphs},
        {Method::post, EXO_NS "/graph/{}/trigger", &Api::trigger, body::trigger, true},
        {Method::post, EXO_NS "/states/enqueue", &Api::enqueue, body::enqueue, true},
        {Method::post, EXO_NS "/state/{}/executed", &Api::executed, body::executed, true},
        {Method::post, EXO_NS "/state/{}/errored", &Api::errored, body::errored, true},
        {Method::post, EXO_NS "/state/{}/prune", &Api::prune, body::prune, true},
        {Method::post, EXO_NS "/state/{}/re-enqueue-after", &Api::requeue_after,
         body::requeue_after, true},
        {Method::post, EXO_NS "/state/{}/manual-retry", &Api::manual_retry, body::manual_retry,
         true},
        {Method::get, EXO_NS "/state/{}/secrets", &Api::secrets},
        {Method::get, EXO_NS "/runs/{}/{}", &Api::list_runs},
        {Method::get, EXO_NS "/states/run/{}/graph", &Api::run_graph},
        {Method::get, EXO_NS "/graph/{}/run/{}/node/{}", &Api::node_details},
    };
#undef EXO_NS
    return all;
}

Api::Api(Store& store, GraphCache& graphs, Transitions& transitions, CommitGroup& commits,
         Waiters& waiters, const SecretsCipher& cipher, ApiOptions options, base::Log log)
    : store_(store),
      graphs_(graphs),
      transitions_(transitions),
      commits_(commits),
      waiters_(waiters),
      cipher_(cipher),
      options_(std::move(options)),
      log_(std::move(log)) {}

Api::Reply Api::refuse(const Refusal& refusal) {
    if (refusal.status == 500) {
        return broken();
    }
    return {refusal.status, ObjectWriter().field("detail", refusal.detail).finish(), {}};
}

Api::Reply Api::broken() {
    return {500, R"({"success":false,"detail":"internal server error"})", {}};
}

asio::awaitable<net::ServerResponse> Api::handle(net::ServerRequest request) {
    if (auto preflight = cors_.preflight(request)) {
        co_return std::move(*preflight);
    }
    const auto id = request_id(request.headers);
    auto reply = respond(request);
    if (reply.wait) {
        reply = co_await wait_for_work(request, std::move(reply));
    }
    if (auto committed = co_await commits_.committed(); !committed) {
        reply = broken();
    }
    net::ServerResponse response;
    response.status = reply.status;
    response.headers = std::move(reply.headers);
    if (reply.status != 307) {
        response.headers.emplace_back("content-type", "application/json");
    }
    response.headers.emplace_back("x-exosphere-request-id", id);
    cors_.decorate(request, response);
    if (request.method != net::Method::head) {
        response.body = std::move(reply.body);
    }
    if (log_.enabled(base::LogLevel::debug)) {
        log_.debug("request", {{"id", id},
                               {"method", request.method_text},
                               {"target", request.target},
                               {"status", response.status}});
    }
    co_return response;
}

// Long polling: the request is answered again each time work has come. A client that has gone is
// given nothing: nobody would ever know what it was.
asio::awaitable<Api::Reply> Api::wait_for_work(const net::ServerRequest& request, Reply empty) {
    const auto ticket = waiters_.take_ticket();
    const auto until = std::chrono::steady_clock::now() + empty.wait->longest;
    while (!waiters_.is_stopping() && std::chrono::steady_clock::now() < until) {
        co_await waiters_.wait(ticket, empty.wait->nodes, until);
        if (request.peer_waits && !request.peer_waits()) {
            for (const auto& node : empty.wait->nodes) {
                waiters_.work_came(node);  // what it was woken for is the next one's
            }
            break;
        }
        auto reply = respond(request);
        if (!reply.wait) {
            co_return reply;
        }
    }
    co_return empty;
}

Api::Reply Api::respond(const net::ServerRequest& request) {
    const auto path = decoded_path(request.target);
    if (!path) {
        return refuse({404, "Not Found"});
    }
    for (const auto& endpoint : endpoints()) {
        if (endpoint.method == request.method) {
            if (auto values = match_path(endpoint.pattern, *path)) {
                return call(endpoint, request, std::move(*values));
            }
        }
    }
    return without_endpoint(request, *path);
}

// Another method: 405. Another trailing slash: 307 there. Nothing like it: 404.
Api::Reply Api::without_endpoint(const net::ServerRequest& request, const std::string& path) const {
    std::string allowed;
    bool other_slash = false;
    const auto other = with_other_slash(path);
    for (const auto& endpoint : endpoints()) {
        if (match_path(endpoint.pattern, path)) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(net::to_string(endpoint.method));
        }
        other_slash = other_slash || (other && match_path(endpoint.pattern, *other));
    }
    if (!allowed.empty()) {
        auto reply = refuse({405, "Method Not Allowed"});
        reply.headers.emplace_back("allow", allowed);
        return reply;
    }
    if (other_slash) {
        const auto host = net::find_header(request.headers, "host");
        return {307,
                "",
                {{"location", options_.scheme + "://" + std::string(host) +
                                  with_other_slash(request.target).value()}}};
    }
    return refuse({404, "Not Found"});
}

Api::Reply Api::call(const Endpoint& endpoint, const net::ServerRequest& request,
                     std::vector<std::string> path) {
    body::Problems problems;
    json::Document document;  // null: no body
    if (endpoint.body != nullptr &&
        is_json_type(net::find_header(request.headers, "content-type"))) {
        if (!request.body.empty()) {
            auto parsed = json::parse(request.body);
            if (!parsed) {
                const auto& error = parsed.error();
                problems.push_back({"json_invalid",
                                    {std::string("body"), error.position},
                                    "JSON decode error",
                                    "{}",
                                    "{\"error\":" + json::quoted(error.message) + "}"});
                return {422, to_json(problems), {}};
            }
            document = std::move(*parsed);
        }
    } else if (endpoint.body != nullptr && !request.body.empty()) {
        problems.push_back(body::not_an_object({std::string("body")}, json::quoted(request.body)));
    }
    if (!endpoint.is_open &&
        !same_key(net::find_header(request.headers, "x-api-key"), options_.api_key)) {
        return refuse({401, "Invalid API key"});
    }
    if (endpoint.body != nullptr && problems.empty()) {
        body::Loc loc{std::string("body")};
        if (document.IsNull()) {
            problems.push_back(body::missing(loc, "null"));
        } else {
            endpoint.body()(document, loc, problems);
        }
    }
    if (!problems.empty()) {
        return {422, to_json(problems), {}};
    }
    return run_unit(endpoint, {std::move(path), &document});
}

// One request's part of the group's transaction: kept or undone alone.
Api::Reply Api::run_unit(const Endpoint& endpoint, const Call& call) {
    try {
        if (!endpoint.writes) {
            return (this->*endpoint.handler)(call);
        }
        commits_.begin();
        sqlite::Savepoint unit(store_.database());
        auto reply = (this->*endpoint.handler)(call);
        if (reply.status < 400) {
            unit.release();
        }
        return reply;
    } catch (const std::exception& error) {
        graphs_.forget();
        log_.error("request failed", {{"endpoint", endpoint.pattern}, {"error", error.what()}});
        return broken();
    }
}

Api::Reply Api::health(const Call&) { return {200, R"({"message":"OK"})", {}}; }

}  // namespace exo::embedded
