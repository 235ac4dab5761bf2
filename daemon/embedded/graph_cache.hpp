// Graph templates and registered nodes, compiled and kept between requests. Forgotten as a whole
// whenever one of them may have changed. Lives on the io thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "embedded/compiled_graph.hpp"
#include "embedded/graph_check.hpp"
#include "embedded/store.hpp"

namespace exo::embedded {

struct CachedGraph {
    CachedGraph(GraphTemplate graph, std::string status)
        : compiled(std::move(graph)), validation_status(std::move(status)) {}
    CompiledGraph compiled;
    std::string validation_status;
    bool is_valid() const { return validation_status == "VALID"; }
};

class GraphCache {
  public:
    explicit GraphCache(Store& store) : store_(store) {}

    // Null if there is no such template.
    std::shared_ptr<const CachedGraph> graph(const std::string& namespace_name,
                                             const std::string& name);
    // Null if no such node is registered. Valid until forget().
    const RegisteredNode* node(const std::string& namespace_name, const std::string& name);
    void forget();

  private:
    using Name = std::pair<std::string, std::string>;
    static constexpr std::size_t most_entries = 1'000;

    Store& store_;
    std::map<Name, std::shared_ptr<const CachedGraph>> graphs_;
    std::map<Name, std::unique_ptr<const RegisteredNode>> nodes_;
};

}  // namespace exo::embedded
