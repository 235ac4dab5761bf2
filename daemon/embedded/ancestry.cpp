#include "embedded/ancestry.hpp"

#include <algorithm>

namespace exo::embedded {

void NodeSet::add(const NodeSet& other) {
    std::transform(bits_.begin(), bits_.end(), other.bits_.begin(), bits_.begin(),
                   [](bool mine, bool theirs) { return mine || theirs; });
}

NodeIndex index_nodes(const GraphTemplate& graph) {
    NodeIndex index;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        index[graph.nodes[i].identifier] = i;
    }
    return index;
}

std::vector<std::size_t> nodes_without_predecessor(const GraphTemplate& graph,
                                                   const NodeIndex& index) {
    std::vector<std::size_t> in_degree(graph.nodes.size(), 0);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        for (const auto& next : graph.nodes[i].next_nodes) {
            ++in_degree[index.at(next)];
        }
        in_degree[i] += graph.nodes[i].unites ? 1 : 0;
    }
    std::vector<std::size_t> roots;
    for (std::size_t i = 0; i < in_degree.size(); ++i) {
        if (in_degree[i] == 0) {
            roots.push_back(i);
        }
    }
    return roots;
}

namespace {

// The recursion of upstream's rule with an explicit stack: a chain of thousands of nodes is legal.
class Walk {
  public:
    Walk(const GraphTemplate& graph, const NodeIndex& index)
        : graph_(graph),
          index_(index),
          visited_(graph.nodes.size(), false),
          on_path_(graph.nodes.size(), false),
          waiting_(graph.nodes.size()) {
        result_.allowed.assign(graph.nodes.size(), NodeSet(graph.nodes.size()));
        result_.on_cycle.assign(graph.nodes.size(), false);
    }

    Ancestry run(std::size_t root) {
        arrive(root, NodeSet(graph_.nodes.size()));
        while (!path_.empty()) {
            auto& frame = path_.back();
            const auto& next_nodes = graph_.nodes[frame.node].next_nodes;
            if (frame.next == next_nodes.size()) {
                on_path_[frame.node] = false;
                path_.pop_back();
                continue;
            }
            const auto child = index_.at(next_nodes[frame.next++]);
            arrive(child, NodeSet(frame.for_children));
        }
        collect_disconnected();
        return std::move(result_);
    }

  private:
    struct Frame {
        std::size_t node;
        std::size_t next = 0;
        NodeSet for_children;
    };

    void arrive(std::size_t node, NodeSet ancestors) {
        result_.allowed[node].add(ancestors);
        if (visited_[node]) {
            result_.on_cycle[node] = result_.on_cycle[node] || on_path_[node];
            return;
        }
        visited_[node] = true;
        const auto& unites = graph_.nodes[node].unites;
        if (!unites) {
            ancestors.add(node);
            descend(node, std::move(ancestors));
            return;
        }
        const auto target = index_.at(unites->identifier);
        if (!visited_[target]) {
            waiting_[target].push_back(node);
            waiting_order_.push_back(target);
            return;
        }
        // Below a uniting node only the united node and what precedes it can be named.
        NodeSet united = result_.allowed[target];
        united.add(target);
        result_.allowed[node] = united;
        descend(node, std::move(united));
    }

    void descend(std::size_t node, NodeSet for_children) {
        for (const auto waiting : waiting_[node]) {
            result_.allowed[waiting].add(for_children);
        }
        waiting_[node].clear();
        on_path_[node] = true;
        path_.push_back({node, 0, std::move(for_children)});
    }

    void collect_disconnected() {
        for (const auto target : waiting_order_) {
            if (waiting_[target].empty()) {
                continue;
            }
            std::vector<std::string> nodes;
            for (const auto node : waiting_[target]) {
                nodes.push_back(graph_.nodes[node].identifier);
            }
            waiting_[target].clear();
            result_.disconnected.emplace_back(graph_.nodes[target].identifier, std::move(nodes));
        }
    }

    const GraphTemplate& graph_;
    const NodeIndex& index_;
    std::vector<bool> visited_, on_path_;
    std::vector<std::vector<std::size_t>> waiting_;  // target -> uniting nodes met before it
    std::vector<std::size_t> waiting_order_;
    std::vector<Frame> path_;
    Ancestry result_;
};

}  // namespace

Ancestry walk_ancestry(const GraphTemplate& graph, const NodeIndex& index, std::size_t root) {
    return Walk(graph, index).run(root);
}

}  // namespace exo::embedded
