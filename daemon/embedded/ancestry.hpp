// Who comes before whom in a graph template: the root, and for every node the identifiers whose
// outputs its inputs may name, by upstream's depth-first rule. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "embedded/graph_template.hpp"

namespace exo::embedded {

// Rows are nodes, bits are nodes: which may name which.
class NodeSet {
  public:
    explicit NodeSet(std::size_t size) : bits_(size, false) {}
    void add(std::size_t node) { bits_[node] = true; }
    void add(const NodeSet& other);
    bool has(std::size_t node) const { return bits_[node]; }

  private:
    std::vector<bool> bits_;
};

using NodeIndex = std::unordered_map<std::string_view, std::size_t>;

// Identifier -> position in graph.nodes; the last one wins. Views into `graph`.
NodeIndex index_nodes(const GraphTemplate& graph);

// In-degree is the number of next_nodes that name a node, plus one if it unites.
std::vector<std::size_t> nodes_without_predecessor(const GraphTemplate& graph,
                                                   const NodeIndex& index);

struct Ancestry {
    std::vector<NodeSet> allowed;  // per node
    std::vector<bool> on_cycle;    // a path of next_nodes leads back here
    // Uniting nodes whose target was never reached before them: target -> nodes, in walk order.
    std::vector<std::pair<std::string, std::vector<std::string>>> disconnected;
};

// Every next_nodes and unites identifier must be in `index`.
Ancestry walk_ancestry(const GraphTemplate& graph, const NodeIndex& index, std::size_t root);

}  // namespace exo::embedded
