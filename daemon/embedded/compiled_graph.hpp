// A graph template made ready for running it: nodes by identifier, the root, and which uniting
// nodes may become due when something below a node ends. Immutable; any thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "embedded/ancestry.hpp"
#include "embedded/graph_template.hpp"

namespace exo::embedded {

class CompiledGraph {
  public:
    // `graph` has passed template_errors().
    explicit CompiledGraph(GraphTemplate graph);
    CompiledGraph(const CompiledGraph&) = delete;  // the index holds views into graph_
    CompiledGraph& operator=(const CompiledGraph&) = delete;

    const GraphTemplate& graph() const { return graph_; }
    const NodeTemplate& root() const { return graph_.nodes[root_]; }
    const NodeTemplate* find(std::string_view identifier) const;

    // Uniting nodes that unite `identifier` and are reached from below it. Null if there are none.
    struct Join {
        const NodeTemplate* node;
        std::size_t rank;  // a node comes after every node that leads to it
    };
    const std::vector<Join>* joins(std::string_view identifier) const;

  private:
    void rank_nodes();
    void find_joins(std::size_t target, const std::vector<std::size_t>& uniting);

    GraphTemplate graph_;
    NodeIndex index_;
    std::size_t root_ = 0;
    std::vector<std::size_t> by_rank_, rank_;
    std::unordered_map<std::string_view, std::vector<Join>> joins_;
};

}  // namespace exo::embedded
