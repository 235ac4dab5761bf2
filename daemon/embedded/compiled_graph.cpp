#include "embedded/compiled_graph.hpp"

#include <algorithm>
#include <map>

namespace exo::embedded {

CompiledGraph::CompiledGraph(GraphTemplate graph) : graph_(std::move(graph)) {
    index_ = index_nodes(graph_);
    root_ = nodes_without_predecessor(graph_, index_).front();
    rank_nodes();
    std::map<std::size_t, std::vector<std::size_t>> uniting;  // target -> uniting nodes
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
        if (graph_.nodes[i].unites) {
            uniting[index_.at(graph_.nodes[i].unites->identifier)].push_back(i);
        }
    }
    for (const auto& [target, nodes] : uniting) {
        find_joins(target, nodes);
    }
}

const NodeTemplate* CompiledGraph::find(std::string_view identifier) const {
    const auto found = index_.find(identifier);
    return found == index_.end() ? nullptr : &graph_.nodes[found->second];
}

const std::vector<CompiledGraph::Join>* CompiledGraph::joins(std::string_view identifier) const {
    const auto found = joins_.find(identifier);
    return found == joins_.end() ? nullptr : &found->second;
}

// Topological order of next_nodes (Kahn); the graph has no cycle.
void CompiledGraph::rank_nodes() {
    std::vector<std::size_t> in_degree(graph_.nodes.size(), 0);
    for (const auto& node : graph_.nodes) {
        for (const auto& next : node.next_nodes) {
            ++in_degree[index_.at(next)];
        }
    }
    for (std::size_t i = 0; i < in_degree.size(); ++i) {
        if (in_degree[i] == 0) {
            by_rank_.push_back(i);
        }
    }
    rank_.assign(graph_.nodes.size(), 0);
    for (std::size_t at = 0; at < by_rank_.size(); ++at) {
        rank_[by_rank_[at]] = at;
        for (const auto& next : graph_.nodes[by_rank_[at]].next_nodes) {
            const auto i = index_.at(next);
            if (--in_degree[i] == 0) {
                by_rank_.push_back(i);
            }
        }
    }
}

// A state lies below the target if its parents name it. A uniting node's parents are those of what
// it unites, so it lies below only if that does (or is the target itself).
void CompiledGraph::find_joins(std::size_t target, const std::vector<std::size_t>& uniting) {
    std::vector<bool> reached(graph_.nodes.size(), false), below(graph_.nodes.size(), false);
    std::vector<bool> reached_from_below(graph_.nodes.size(), false);
    for (const auto i : by_rank_) {
        const auto& node = graph_.nodes[i];
        if (reached[i]) {
            const auto united = node.unites ? index_.at(node.unites->identifier) : target;
            below[i] = united == target || below[united];
        }
        if (i != target && !below[i]) {
            continue;
        }
        for (const auto& next : node.next_nodes) {
            const auto n = index_.at(next);
            reached[n] = true;
            reached_from_below[n] = reached_from_below[n] || below[i];
        }
    }
    std::vector<Join> joins;
    for (const auto i : uniting) {
        if (reached_from_below[i]) {
            joins.push_back({&graph_.nodes[i], rank_[i]});
        }
    }
    if (!joins.empty()) {
        std::sort(joins.begin(), joins.end(),
                  [](const Join& a, const Join& b) { return a.rank < b.rank; });
        joins_.emplace(graph_.nodes[target].identifier, std::move(joins));
    }
}

}  // namespace exo::embedded
