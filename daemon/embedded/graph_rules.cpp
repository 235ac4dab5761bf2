#include "embedded/graph_rules.hpp"

#include <algorithm>
#include <unordered_set>

#include "embedded/ancestry.hpp"
#include "embedded/placeholders.hpp"
#include "embedded/python_text.hpp"

namespace exo::embedded {

namespace {

using Lines = std::vector<std::string>;

std::optional<std::string> joined(const Lines& lines) {
    return lines.empty() ? std::nullopt : std::optional(join_lines(lines));
}

// NodeTemplate(node_name='N', ...): upstream prints the roots it found.
std::string python_repr(const NodeTemplate& node) {
    std::string inputs;
    for (const auto& input : node.inputs) {
        inputs += (inputs.empty() ? "" : ", ") + embedded::python_repr(input.name) + ": " +
                  (input.is_string ? embedded::python_repr(input.value) : input.value);
    }
    std::string unites = "None";
    if (node.unites) {
        const std::string strategy(to_string(node.unites->strategy));
        unites = "Unites(identifier=" + embedded::python_repr(node.unites->identifier) +
                 ", strategy=<UnitesStrategyEnum." + strategy + ": '" + strategy + "'>)";
    }
    return "NodeTemplate(node_name=" + embedded::python_repr(node.node_name) +
           ", namespace=" + embedded::python_repr(node.namespace_name) +
           ", identifier=" + embedded::python_repr(node.identifier) + ", inputs={" + inputs +
           "}, next_nodes=" + python_list(node.next_nodes) + ", unites=" + unites + ")";
}

Lines nodes_field_errors(const GraphTemplate& graph) {
    Lines errors;
    std::unordered_set<std::string_view> identifiers;
    for (const auto& node : graph.nodes) {
        if (!identifiers.insert(node.identifier).second) {
            errors.push_back("Node identifier " + node.identifier + " is not unique");
        }
    }
    if (!errors.empty()) {
        return errors;
    }
    for (const auto& node : graph.nodes) {
        for (const auto& next : node.next_nodes) {
            if (identifiers.count(next) == 0) {
                errors.push_back("Node identifier " + next + " does not exist in the graph");
            }
        }
    }
    return errors;
}

Lines unites_errors(const GraphTemplate& graph, const NodeIndex& index) {
    Lines errors;
    for (const auto& node : graph.nodes) {
        if (!node.unites) {
            continue;
        }
        const auto& target = node.unites->identifier;
        const auto subject = "Node " + node.identifier + " has an unites target " + target;
        if (index.count(target) == 0) {
            errors.push_back(subject + " that does not exist");
        }
        if (target == node.identifier) {
            errors.push_back(subject + " that is the same as the node itself");
        }
    }
    return errors;
}

Lines root_errors(const GraphTemplate& graph, const std::vector<std::size_t>& roots) {
    if (roots.size() == 1) {
        return {};
    }
    std::string found;
    for (const auto root : roots) {
        found += (found.empty() ? "" : ", ") + python_repr(graph.nodes[root]);
    }
    return {"There should be exactly one root node in the graph but found " +
            std::to_string(roots.size()) + " nodes with zero in-degree: [" + found + "]"};
}

Lines connection_errors(const GraphTemplate& graph, const Ancestry& ancestry, std::size_t root) {
    if (!ancestry.disconnected.empty()) {
        std::string pairs;
        for (const auto& [target, nodes] : ancestry.disconnected) {
            pairs += (pairs.empty() ? "" : ", ") + embedded::python_repr(target) + ": " +
                     python_list(nodes);
        }
        return {"Error building dependency graph: Graph is disconnected at: {" + pairs + "}"};
    }
    Lines errors;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (i != root && !ancestry.allowed[i].has(root)) {
            errors.push_back("Node " + graph.nodes[i].identifier +
                             " is not connected to the root node");
        }
    }
    return errors;
}

Lines cycle_errors(const GraphTemplate& graph, const Ancestry& ancestry) {
    Lines errors;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (ancestry.on_cycle[i]) {
            errors.push_back("Node " + graph.nodes[i].identifier + " is not acyclic");
        }
    }
    return errors;
}

bool is_store_key(const StoreConfig& store, const std::string& key) {
    return std::count(store.required_keys.begin(), store.required_keys.end(), key) > 0 ||
           std::any_of(store.default_values.begin(), store.default_values.end(),
                       [&](const auto& pair) { return pair.first == key; });
}

void reference_errors(const GraphTemplate& graph, const NodeIndex& index, const NodeSet& allowed,
                      const NodeTemplate& node, const TemplateInput& input, Lines& errors) {
    const auto parsed = parse_dependent_string(input.value);
    if (!parsed) {
        errors.push_back("Error creating dependent string for input " + input.value +
                         " check syntax string: " + parsed.error().message);
        return;
    }
    std::unordered_set<std::string> named;
    for (const auto& reference : parsed->references()) {
        const auto subject = "Input " + input.value + " depends on ";
        if (reference.is_store()) {
            if (!is_store_key(graph.store_config, reference.field)) {
                errors.push_back(subject + reference.field + " but " + reference.field +
                                 " is not a required key or a default value");
            }
            continue;
        }
        const auto found = index.find(reference.identifier);
        const bool is_allowed = found != index.end() && allowed.has(found->second);
        if (!is_allowed && named.insert(reference.identifier).second) {
            errors.push_back(subject + reference.identifier + " but " + reference.identifier +
                             " is not a parent of " + node.identifier);
        }
    }
}

Lines input_errors(const GraphTemplate& graph, const NodeIndex& index, const Ancestry& ancestry) {
    Lines errors;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        for (const auto& input : graph.nodes[i].inputs) {
            if (!input.is_string) {
                errors.push_back("Input " + input.value + " is not a string");
                continue;
            }
            reference_errors(graph, index, ancestry.allowed[i], graph.nodes[i], input, errors);
        }
    }
    return errors;
}

// One step after the other: the first that finds something ends it.
Lines shape_errors(const GraphTemplate& graph) {
    const auto index = index_nodes(graph);
    if (auto errors = unites_errors(graph, index); !errors.empty()) {
        return errors;
    }
    const auto roots = nodes_without_predecessor(graph, index);
    if (auto errors = root_errors(graph, roots); !errors.empty()) {
        return errors;
    }
    const auto ancestry = walk_ancestry(graph, index, roots.front());
    if (auto errors = connection_errors(graph, ancestry, roots.front()); !errors.empty()) {
        return errors;
    }
    if (auto errors = cycle_errors(graph, ancestry); !errors.empty()) {
        return errors;
    }
    return input_errors(graph, index, ancestry);
}

void trim_in_place(std::string& text) { text = std::string(trim(text)); }

}  // namespace

std::optional<std::string> node_name_error(std::string_view name) {
    return trim(name).empty() ? std::optional<std::string>("Node name cannot be empty")
                              : std::nullopt;
}

std::optional<std::string> identifier_error(std::string_view identifier) {
    if (trim(identifier).empty()) {
        return "Node identifier cannot be empty";
    }
    if (trim(identifier) == "store") {
        return "Node identifier cannot be reserved word 'store'";
    }
    return std::nullopt;
}

std::optional<std::string> next_nodes_error(const std::vector<std::string>& next_nodes) {
    Lines errors;
    std::unordered_set<std::string_view> seen;
    for (const auto& next : next_nodes) {
        const auto identifier = trim(next);
        if (identifier.empty()) {
            errors.emplace_back("Next node identifier cannot be empty");
        } else if (!seen.insert(identifier).second) {
            errors.push_back("Next node identifier " + std::string(identifier) + " is not unique");
        }
    }
    return joined(errors);
}

std::optional<std::string> unites_error(std::string_view identifier) {
    return trim(identifier).empty()
               ? std::optional<std::string>("Unites identifier cannot be empty")
               : std::nullopt;
}

std::optional<std::string> store_keys_error(const std::vector<std::string>& keys) {
    Lines errors;
    std::unordered_set<std::string_view> seen;
    for (const auto& text : keys) {
        const auto key = trim(text);
        if (key.empty()) {
            errors.emplace_back("Key cannot be empty or contain only whitespace");
        } else if (key.find('.') != std::string_view::npos) {
            errors.push_back("Key '" + std::string(key) + "' cannot contain '.' character");
        } else if (!seen.insert(key).second) {
            errors.push_back("Key '" + std::string(key) + "' is duplicated");
        }
    }
    return joined(errors);
}

GraphTemplate trimmed(GraphTemplate graph) {
    for (auto& node : graph.nodes) {
        trim_in_place(node.node_name);
        trim_in_place(node.identifier);
        std::for_each(node.next_nodes.begin(), node.next_nodes.end(), trim_in_place);
        if (node.unites) {
            trim_in_place(node.unites->identifier);
        }
    }
    auto& store = graph.store_config;
    std::for_each(store.required_keys.begin(), store.required_keys.end(), trim_in_place);
    for (auto& [key, value] : store.default_values) {
        trim_in_place(key);
    }
    return graph;
}

std::vector<std::string> template_errors(std::string_view name, std::string_view namespace_name,
                                         const std::vector<std::string>& secret_names,
                                         const GraphTemplate& graph) {
    if (graph.nodes.size() > most_nodes) {
        return {"A graph can have " + std::to_string(most_nodes) + " nodes at most, this one has " +
                std::to_string(graph.nodes.size())};
    }
    Lines errors;
    if (trim(name).empty()) {
        errors.emplace_back("Name cannot be empty");
    }
    if (trim(namespace_name).empty()) {
        errors.emplace_back("Namespace cannot be empty");
    }
    const auto of_nodes = nodes_field_errors(graph);
    errors.insert(errors.end(), of_nodes.begin(), of_nodes.end());
    if (std::count(secret_names.begin(), secret_names.end(), std::string()) > 0) {
        errors.emplace_back("Secrets cannot be empty");
    }
    return errors.empty() ? shape_errors(graph) : errors;
}

}  // namespace exo::embedded
