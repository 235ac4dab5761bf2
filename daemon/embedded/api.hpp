// The v0 HTTP API: which request means what, in which order it is checked, and what the answer
// looks like. Lives on the io thread; every answer leaves only after what it tells is committed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "embedded/commit_group.hpp"
#include "embedded/graph_cache.hpp"
#include "embedded/http_rules.hpp"
#include "embedded/secrets_cipher.hpp"
#include "embedded/store.hpp"
#include "embedded/transitions.hpp"
#include "embedded/waiters.hpp"
#include "net/http_types.hpp"

namespace exo::embedded {

struct ApiOptions {
    std::string api_key;
    std::function<std::int64_t()> now_micros;
    bool strict_upstream = false;
    std::string scheme = "http";  // of the redirects
};

class Api {
  public:
    Api(Store& store, GraphCache& graphs, Transitions& transitions, CommitGroup& commits,
        Waiters& waiters, const SecretsCipher& cipher, ApiOptions options, base::Log log);

    boost::asio::awaitable<net::ServerResponse> handle(net::ServerRequest request);

  private:
    struct Reply {
        int status = 200;
        std::string body;  // JSON
        net::Headers headers;
        // Set by an enqueue that found nothing and may wait.
        struct Wait {
            std::set<NodeKey> nodes;
            std::chrono::milliseconds longest;
        };
        std::optional<Wait> wait{};
    };
    struct Call;
    struct Endpoint;

    static const std::vector<Endpoint>& endpoints();
    static Reply refuse(const Refusal& refusal);
    static Reply broken();  // 500

    boost::asio::awaitable<Reply> wait_for_work(const net::ServerRequest& request, Reply empty);
    Reply respond(const net::ServerRequest& request);
    Reply without_endpoint(const net::ServerRequest& request, const std::string& path) const;
    Reply call(const Endpoint& endpoint, const net::ServerRequest& request,
               std::vector<std::string> path);
    Reply run_unit(const Endpoint& endpoint, const Call& call);

    // ---- endpoints, as numbered in the protocol notes
    Reply health(const Call& call);
    Reply list_namespaces(const Call& call);
    Reply register_nodes(const Call& call);
    Reply list_nodes(const Call& call);
    Reply upsert_graph(const Call& call);
    Reply get_graph(const Call& call);
    Reply list_graphs(const Call& call);
    Reply trigger(const Call& call);
    Reply enqueue(const Call& call);
    Reply executed(const Call& call);
    Reply errored(const Call& call);
    Reply prune(const Call& call);
    Reply requeue_after(const Call& call);
    Reply manual_retry(const Call& call);
    Reply secrets(const Call& call);
    Reply list_runs(const Call& call);
    Reply run_graph(const Call& call);
    Reply node_details(const Call& call);

    std::int64_t now_ms() const { return options_.now_micros() / 1000; }

    Store& store_;
    GraphCache& graphs_;
    Transitions& transitions_;
    CommitGroup& commits_;
    Waiters& waiters_;
    const SecretsCipher& cipher_;
    ApiOptions options_;
    base::Log log_;
    Cors cors_;
    ObjectIds ids_;
};

}  // namespace exo::embedded
