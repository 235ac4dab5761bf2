// The operator's side of a state manager: graphs, triggers, runs. A thin, typed layer over one
// net::HttpClient, which it owns; used by the thread of its io_context. Nothing is retried here.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/http_client.hpp"
#include "remote/operator_types.hpp"

namespace exo::remote {

struct OperatorOptions {
    std::string uri;             // for messages
    std::string namespace_name;  // checked by the caller
    std::string api_key;         // never printed
    std::string api_key_origin;  // for messages: "EXOSPHERE_API_KEY"
    std::chrono::milliseconds timeout{30'000};
};

class OperatorClient {
  public:
    template <class T = void>
    using Awaitable = boost::asio::awaitable<OperatorResult<T>>;

    OperatorClient(std::unique_ptr<net::HttpClient> http, OperatorOptions options)
        : http_(std::move(http)), options_(std::move(options)) {}

    const std::string& namespace_name() const { return options_.namespace_name; }

    Awaitable<> health();
    Awaitable<std::vector<std::string>> namespaces();
    Awaitable<std::vector<RegisteredNode>> nodes();
    // `body` as remote/graph_file.hpp makes it.
    Awaitable<GraphTemplate> put_graph(std::string name, std::string body);
    Awaitable<GraphTemplate> graph(std::string name);
    Awaitable<std::string> graph_json(std::string name);  // as the server sent it; valid JSON
    Awaitable<std::vector<GraphTemplate>> graphs();
    Awaitable<std::string> trigger(std::string graph, KeyValues inputs, KeyValues store);  // run id
    Awaitable<RunsPage> runs(std::int64_t page, std::int64_t size);  // page from 1
    Awaitable<RunGraph> run(std::string run_id);                     // an unknown run is not_found
    Awaitable<NodeDetails> node_details(std::string graph, std::string run_id,
                                        std::string state_id);

  private:
    Awaitable<std::string> exchange(net::Method method, std::string target, std::string body);
    OperatorError refusal(const net::Request& request, const net::Response& response) const;
    OperatorError not_ours(const net::Request& request, const net::Response& response,
                           const std::string& why) const;
    template <class T>
    OperatorResult<T> understood(const OperatorResult<std::string>& body, const std::string& what,
                                 base::Result<T> (*read)(std::string_view)) const;
    // Variadic: a braced list in a coroutine does not compile with g++ 12.
    template <class... Segments>
    std::string path(const Segments&... segments) const;

    std::unique_ptr<net::HttpClient> http_;
    OperatorOptions options_;
};

}  // namespace exo::remote
