#include "remote/apply_graph.hpp"

#include <algorithm>

#include "base/async.hpp"

namespace exo::remote {
namespace {

// After an update, upstream may look identifiers up in the previous version of the graph; the same
// PUT again is judged rightly.
bool judged_by_stale_cache(const GraphTemplate& graph) {
    return graph.validation_status == "INVALID" &&
           std::ranges::any_of(graph.validation_errors, [](const std::string& error) {
               return error.find("does not exist in the graph template") != std::string::npos;
           });
}

}  // namespace

OperatorClient::Awaitable<GraphTemplate> apply_graph(OperatorClient& client, std::string name,
                                                     std::string body,
                                                     std::chrono::milliseconds patience) {
    const auto ends = std::chrono::steady_clock::now() + patience;
    for (bool again = true;;) {
        auto graph = co_await client.put_graph(name, body);
        std::chrono::milliseconds pause{10};
        while (graph && graph->validation_status == "PENDING" &&
               std::chrono::steady_clock::now() < ends) {
            co_await base::sleep_for(pause);
            pause = std::min(pause * 2, std::chrono::milliseconds(500));
            graph = co_await client.graph(name);
        }
        if (!graph || !again || !judged_by_stale_cache(*graph)) co_return graph;
        again = false;
    }
}

}  // namespace exo::remote
