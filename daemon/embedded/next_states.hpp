// The inputs of a state that follows another: which template inputs it gets and what their
// placeholders become. Errors carry upstream's texts. Pure; any thread.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "embedded/graph_template.hpp"
#include "embedded/json_schema.hpp"
#include "embedded/placeholders.hpp"

namespace exo::embedded {

// A state's outputs as its followers see them.
using OutputFields = std::vector<std::pair<std::string, ReferenceValue>>;

// What a follower can refer to. `ancestor` gives null for an identifier that is not among the
// parents.
struct Surroundings {
    std::string current;  // the identifier of the state that goes before
    const OutputFields* current_outputs = nullptr;
    std::function<const OutputFields*(const std::string& identifier)> ancestor;
    std::function<base::Result<std::string>(const std::string& key)> store;
};

// A follower's template, parsed once for all states that precede it: the inputs that its registered
// node takes, in schema order.
struct Follower {
    std::string identifier;
    std::vector<std::pair<std::string, DependentString>> inputs;
};

base::Result<Follower> prepare_follower(const NodeTemplate& node,
                                        const std::vector<SchemaField>& schema);

base::Result<TextPairs> follower_inputs(const Follower& follower, const Surroundings& around);

// The inputs of a root state: template inputs with overrides of the same name. Placeholders may
// name the store only; `store` gives none for an unknown key.
base::Result<TextPairs> root_inputs(
    const NodeTemplate& root, const TextPairs& overrides,
    const std::function<std::optional<std::string>(const std::string& key)>& store);

}  // namespace exo::embedded
