#include "embedded/graph_check.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "embedded/ancestry.hpp"
#include "embedded/placeholders.hpp"

namespace exo::embedded {

namespace {

using Lines = std::vector<std::string>;

std::string in_namespace(const NodeTemplate& node) {
    return "node " + node.node_name + " in namespace " + node.namespace_name;
}

std::string does_not_exist(const NodeTemplate& node) {
    return "Node " + node.node_name + " in namespace " + node.namespace_name + " does not exist";
}

// The distinct nodes of the template, in its order.
std::vector<const NodeTemplate*> distinct_nodes(const GraphTemplate& graph) {
    std::vector<const NodeTemplate*> nodes;
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const auto& node : graph.nodes) {
        if (seen.emplace(node.namespace_name, node.node_name).second) {
            nodes.push_back(&node);
        }
    }
    return nodes;
}

class Check {
  public:
    Check(const GraphTemplate& graph, const FindRegisteredNode& find)
        : graph_(graph), find_(find), index_(index_nodes(graph)) {}

    Lines run(const std::vector<std::string>& secret_names) {
        check_nodes();
        check_secrets(secret_names);
        for (const auto& node : graph_.nodes) {
            check_inputs(node);
        }
        if (unexpected_) {
            return {"Validation failed due to unexpected error: " + *unexpected_};
        }
        return std::move(errors_);
    }

  private:
    const RegisteredNode* find(const NodeTemplate& node) const {
        return find_(node.namespace_name, node.node_name);
    }

    // A schema that cannot be read replaces all other errors by its own; its fields are none.
    const std::vector<SchemaField>& fields_of(
        const base::Result<std::vector<SchemaField>>& fields) {
        static const std::vector<SchemaField> none;
        if (!fields) {
            unexpected_ = unexpected_.value_or(fields.error().message);
            return none;
        }
        return *fields;
    }

    void check_nodes() {
        for (const auto* node : distinct_nodes(graph_)) {
            if (find(*node) == nullptr) {
                errors_.push_back(does_not_exist(*node) + ".");
            }
        }
    }

    void check_secrets(const std::vector<std::string>& given) {
        std::set<std::string_view> told(given.begin(), given.end());
        for (const auto* node : distinct_nodes(graph_)) {
            const auto* registered = find(*node);
            if (registered == nullptr) {
                continue;
            }
            for (const auto& secret : registered->secrets) {
                if (told.insert(secret).second) {
                    errors_.push_back("Secret " + secret +
                                      " is required but not present in the graph template");
                }
            }
        }
    }

    void check_inputs(const NodeTemplate& node) {
        const auto* registered = find(node);
        if (registered == nullptr) {
            errors_.push_back(does_not_exist(node));
            return;
        }
        for (const auto& field : fields_of(registered->inputs)) {
            const bool given =
                std::any_of(node.inputs.begin(), node.inputs.end(),
                            [&](const TemplateInput& input) { return input.name == field.name; });
            if (!field.is_string) {
                errors_.push_back("Input " + field.name + " in " + in_namespace(node) +
                                  " is not a string");
            } else if (!given) {
                errors_.push_back("Input " + field.name + " in " + in_namespace(node) +
                                  " is not present in the graph template");
            }
        }
        for (const auto& input : node.inputs) {
            check_references(input);
        }
    }

    void check_references(const TemplateInput& input) {
        const auto parsed = parse_dependent_string(input.value);
        if (!parsed) {
            unexpected_ = unexpected_.value_or(parsed.error().message);
            return;
        }
        for (const auto& reference : parsed->references()) {
            if (!reference.is_store()) {
                check_output(reference);
            }
        }
    }

    void check_output(const Reference& reference) {
        const auto found = index_.find(reference.identifier);
        if (found == index_.end()) {
            errors_.push_back("Node " + reference.identifier +
                              " does not exist in the graph template");
            return;
        }
        const auto& node = graph_.nodes[found->second];
        const auto* registered = find(node);
        if (registered == nullptr) {
            errors_.push_back(does_not_exist(node));
            return;
        }
        const auto& outputs = fields_of(registered->outputs);
        const auto field =
            std::find_if(outputs.begin(), outputs.end(),
                         [&](const SchemaField& output) { return output.name == reference.field; });
        const auto subject = "Field " + reference.field + " in " + in_namespace(node);
        if (field == outputs.end()) {
            errors_.push_back(subject + " does not exist");
        } else if (!field->is_string) {
            errors_.push_back(subject + " is not a string");
        }
    }

    const GraphTemplate& graph_;
    const FindRegisteredNode& find_;
    NodeIndex index_;
    Lines errors_;
    std::optional<std::string> unexpected_;
};

}  // namespace

std::vector<std::string> validation_errors(const GraphTemplate& graph,
                                           const std::vector<std::string>& secret_names,
                                           const FindRegisteredNode& find) {
    return Check(graph, find).run(secret_names);
}

}  // namespace exo::embedded
