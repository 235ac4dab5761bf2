#include "embedded/next_states.hpp"

#include <algorithm>

namespace exo::embedded {

namespace {

const ReferenceValue* find_field(const OutputFields& outputs, const std::string& name) {
    const auto found = std::find_if(outputs.begin(), outputs.end(),
                                    [&](const auto& field) { return field.first == name; });
    return found == outputs.end() ? nullptr : &found->second;
}

const TemplateInput* find_input(const NodeTemplate& node, const std::string& name) {
    const auto found = std::find_if(node.inputs.begin(), node.inputs.end(),
                                    [&](const auto& input) { return input.name == name; });
    return found == node.inputs.end() ? nullptr : &*found;
}

// All references to ancestors are looked at before any text is put together.
base::Result<> check_ancestors(const Follower& follower, const Surroundings& around) {
    const auto for_template = " for template '" + follower.identifier + "'";
    for (const auto& [name, text] : follower.inputs) {
        for (const auto& reference : text.references()) {
            if (reference.is_store() || reference.identifier == around.current) {
                continue;
            }
            const auto* outputs = around.ancestor(reference.identifier);
            if (outputs == nullptr) {
                return base::fail("\"Identifier '" + reference.identifier +
                                  "' not found in parents" + for_template + "\"");
            }
            if (find_field(*outputs, reference.field) == nullptr) {
                return base::fail("Output field '" + reference.field + "' not found on state '" +
                                  reference.identifier + "'" + for_template);
            }
        }
    }
    return {};
}

base::Result<ReferenceValue> look_up(const Reference& reference, const Follower& follower,
                                     const Surroundings& around) {
    if (reference.is_store()) {
        auto value = around.store(reference.field);
        if (!value) {
            return value.error();
        }
        return ReferenceValue{std::move(*value)};
    }
    const bool is_current = reference.identifier == around.current;
    const auto* outputs =
        is_current ? around.current_outputs : around.ancestor(reference.identifier);
    const auto* field = find_field(*outputs, reference.field);
    if (field == nullptr) {
        return base::fail("Output field '" + reference.field + "' not found on current state '" +
                          reference.identifier + "' for template '" + follower.identifier + "'");
    }
    return *field;
}

}  // namespace

base::Result<Follower> prepare_follower(const NodeTemplate& node,
                                        const std::vector<SchemaField>& schema) {
    Follower follower{node.identifier, {}};
    for (const auto& field : schema) {
        const auto* input = find_input(node, field.name);
        if (input == nullptr) {
            return base::fail("Field '" + field.name + "' not found in inputs for template '" +
                              node.identifier + "'");
        }
        auto parsed = parse_dependent_string(input->value);
        if (!parsed) {
            return parsed.error();
        }
        follower.inputs.emplace_back(field.name, std::move(*parsed));
    }
    return follower;
}

base::Result<TextPairs> follower_inputs(const Follower& follower, const Surroundings& around) {
    if (auto checked = check_ancestors(follower, around); !checked) {
        return checked.error();
    }
    TextPairs inputs;
    for (const auto& [name, text] : follower.inputs) {
        auto resolved = resolve(
            text, [&](const Reference& reference) { return look_up(reference, follower, around); });
        if (!resolved) {
            return resolved.error();
        }
        inputs.emplace_back(name, std::move(*resolved));
    }
    return inputs;
}

base::Result<TextPairs> root_inputs(
    const NodeTemplate& root, const TextPairs& overrides,
    const std::function<std::optional<std::string>(const std::string& key)>& store) {
    const auto look_up = [&](const Reference& reference) -> base::Result<ReferenceValue> {
        if (!reference.is_store()) {
            return base::fail(
                "400: Root node can have only store identifier as dependent but got " +
                reference.identifier);
        }
        auto value = store(reference.field);
        if (!value) {
            return base::fail("400: Dependent " + reference.field +
                              " not found in store for root node " + root.identifier);
        }
        return ReferenceValue{std::move(*value)};
    };
    TextPairs inputs;
    for (const auto& input : root.inputs) {
        const auto given = std::find_if(overrides.begin(), overrides.end(),
                                        [&](const auto& pair) { return pair.first == input.name; });
        const auto parsed =
            parse_dependent_string(given == overrides.end() ? input.value : given->second);
        if (!parsed) {
            return parsed.error();
        }
        auto resolved = resolve(*parsed, look_up);
        if (!resolved) {
            return resolved.error();
        }
        inputs.emplace_back(input.name, std::move(*resolved));
    }
    return inputs;
}

}  // namespace exo::embedded
