// What follows a state, and what its end unites.
#include <algorithm>

#include "embedded/template_json.hpp"
#include "embedded/transitions.hpp"

namespace exo::embedded {

// Ancestors' outputs, read when they are first asked for.
class Transitions::OutputReader {
  public:
    // The first `count` ancestors; of equal identifiers the later one counts, as in a dict.
    OutputReader(Store& store, const std::vector<Ancestor>& ancestors, std::size_t count)
        : store_(store) {
        for (std::size_t i = 0; i < count; ++i) {
            ancestors_[ancestors[i].identifier] = ancestors[i].seq;
        }
    }
    const OutputFields* find(const std::string& identifier) {
        const auto found = ancestors_.find(identifier);
        if (found == ancestors_.end()) {
            return nullptr;
        }
        const auto [read, is_new] = read_.try_emplace(found->second);
        if (is_new) {
            read->second = output_fields_from(store_.outputs(found->second));
        }
        return &read->second;
    }

  private:
    Store& store_;
    std::unordered_map<std::string, Seq> ancestors_;
    std::unordered_map<Seq, OutputFields> read_;
};

std::vector<Transitions::Sibling> Transitions::fan_out(const StateRow& state,
                                                       const std::vector<StateOutputs>& outputs,
                                                       std::int64_t now) {
    static const StateOutputs none{"{}", {}};
    std::vector<Sibling> siblings{{state.seq, state.id, outputs.empty() ? &none : &outputs[0]}};
    store_.set_outputs(state.seq, siblings[0].outputs->json);
    for (std::size_t i = 1; i < outputs.size(); ++i) {
        auto sibling = state;
        sibling.id = ids_.next(now);
        sibling.status = StateStatus::success;
        sibling.enqueue_after = now;
        sibling.retry_count = 0;
        sibling.fanout_id.reset();
        sibling.manual_retry_fanout_id.clear();
        sibling.fingerprint.reset();
        sibling.created_at = sibling.updated_at = now;
        const auto seq = store_.insert_state(sibling);
        store_.set_outputs(seq, outputs[i].json);
        siblings.push_back({seq, sibling.id, &outputs[i]});
    }
    return siblings;
}

base::Result<std::string> Transitions::store_value(const StateRow& state, const std::string& key) {
    if (auto value = store_.store_value(state.run, key)) {
        return *value;
    }
    const auto cached = graphs_.graph(state.graph_namespace, state.graph_name);
    for (const auto& [name, value] : cached->compiled.graph().store_config.default_values) {
        if (name == key) {
            return value;
        }
    }
    return base::fail("Store value not found for field '" + key + "' in namespace '" +
                      state.graph_namespace + "' and graph '" + state.graph_name + "'");
}

base::Result<Follower> Transitions::follower(const NodeTemplate& node) {
    const auto* registered = graphs_.node(node.namespace_name, node.node_name);
    if (registered == nullptr) {
        return base::fail("Registered node not found for node name: " + node.node_name +
                          " and namespace: " + node.namespace_name);
    }
    if (!registered->inputs) {
        return registered->inputs.error();
    }
    return prepare_follower(node, *registered->inputs);
}

Seq Transitions::insert_follower(const StateRow& before, Seq parent, const NodeTemplate& node,
                                 const TextPairs& inputs, std::optional<std::string> fingerprint) {
    const auto now = options_.now_ms();
    StateRow state;
    state.id = ids_.next(now);
    state.run = before.run;
    state.queue = store_.queue(node.namespace_name, node.node_name);
    state.identifier = node.identifier;
    state.parent = parent;
    state.inputs = store_.insert_inputs(text_pairs_to_json(inputs));
    state.fingerprint = std::move(fingerprint);
    state.enqueue_after = state.created_at = state.updated_at = now;
    announce(node.namespace_name, node.node_name);
    return store_.insert_state(state);
}

// Creates what follows the siblings at once; gives how many states that is for each of them. On an
// error nothing has been created.
base::Result<std::int64_t> Transitions::follow(const StateRow& state,
                                               const std::vector<Sibling>& siblings,
                                               const std::vector<Ancestor>& ancestors) {
    OutputReader reader(store_, ancestors, ancestors.size());
    const auto place =
        " for namespace: " + state.graph_namespace + " and graph name: " + state.graph_name;
    const auto cached = graphs_.graph(state.graph_namespace, state.graph_name);
    if (!cached) {
        return base::fail("Graph template not found" + place);
    }
    if (!cached->is_valid()) {
        return base::fail(
            "Graph template is in a non-validating state: " + cached->validation_status + place);
    }
    const auto* node = cached->compiled.find(state.identifier);
    if (node == nullptr) {
        return base::fail("Current state node template not found for identifier: " +
                          state.identifier);
    }
    std::vector<std::pair<const NodeTemplate*, std::vector<TextPairs>>> ready;
    for (const auto& identifier : node->next_nodes) {
        const auto* next = cached->compiled.find(identifier);
        if (next == nullptr) {
            return base::fail("Next state node template not found for identifier: " + identifier);
        }
        if (next->unites) {
            const bool is_parent = std::any_of(
                ancestors.begin(), ancestors.end(),
                [&](const Ancestor& a) { return a.identifier == next->unites->identifier; });
            if (!is_parent) {
                return base::fail("Unit identifier not found in parents: " +
                                  next->unites->identifier);
            }
            continue;
        }
        auto prepared = follower(*next);
        if (!prepared) {
            return prepared.error();
        }
        ready.emplace_back(next, std::vector<TextPairs>());
        Surroundings around;
        around.current = state.identifier;
        around.ancestor = [&](const std::string& name) { return reader.find(name); };
        around.store = [&](const std::string& key) { return store_value(state, key); };
        for (const auto& sibling : siblings) {
            around.current_outputs = &sibling.outputs->fields;
            auto inputs = follower_inputs(*prepared, around);
            if (!inputs) {
                return inputs.error();
            }
            ready.back().second.push_back(std::move(*inputs));
        }
    }
    for (const auto& [next, inputs] : ready) {
        for (std::size_t i = 0; i < siblings.size(); ++i) {
            insert_follower(state, siblings[i].seq, *next, inputs[i], std::nullopt);
        }
    }
    const auto count = static_cast<std::int64_t>(ready.size());
    if (cached->compiled.joins(state.identifier) != nullptr) {
        for (const auto& sibling : siblings) {
            store_.track_descendants(sibling.seq, {count, 0});
        }
    }
    return count;
}

// SUCCESS (or PRUNED) becomes NEXT_CREATED_ERROR.
void Transitions::end_with_error(const StateRow& state, const std::vector<Seq>& siblings,
                                 const std::vector<Ancestor>& ancestors, const std::string& error) {
    Tally tally{state.run, {}, {}};
    const auto before = store_.state(siblings.front()).status;
    for (const auto sibling : siblings) {
        tally.leaves(before);
        tally.enters(StateStatus::next_created_error);
        store_.set_status(sibling, StateStatus::next_created_error, options_.now_ms());
        store_.set_error(sibling, error);
    }
    apply(tally, ancestors);
}

// ---- uniting

base::Result<> Transitions::unite(const StateRow& state, std::vector<Ancestor>& ancestors) {
    const auto cached = graphs_.graph(state.graph_namespace, state.graph_name);
    if (!cached || !cached->is_valid()) {
        return {};
    }
    struct Candidate {
        std::size_t rank, ancestor;
        const NodeTemplate* node;
    };
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < ancestors.size(); ++i) {
        const auto* joins = cached->compiled.joins(ancestors[i].identifier);
        if (joins == nullptr) {
            continue;
        }
        if (!ancestors[i].counts) {  // the template has been changed since that state was executed
            ancestors[i].counts = store_.count_descendants(state.run, ancestors[i].seq);
            store_.track_descendants(ancestors[i].seq, *ancestors[i].counts);
        }
        for (const auto& join : *joins) {
            candidates.push_back({join.rank, i, join.node});
        }
    }
    // What leads to a uniting node is created before that node is looked at, and makes it wait.
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate& a, const Candidate& b) { return a.rank < b.rank; });
    base::Result<> result;
    for (const auto& candidate : candidates) {
        const auto counts = store_.descendants(ancestors[candidate.ancestor].seq);
        if (!unites_satisfied(candidate.node->unites->strategy, *counts)) {
            continue;
        }
        auto united = unite_one(state, ancestors, candidate.ancestor, *candidate.node);
        if (!united && result) {
            result = united.error();
        }
    }
    return result;
}

base::Result<> Transitions::unite_one(const StateRow& state, const std::vector<Ancestor>& ancestors,
                                      std::size_t united, const NodeTemplate& node) {
    const std::vector<Ancestor> upto(ancestors.begin(),
                                     ancestors.begin() + static_cast<std::ptrdiff_t>(united) + 1);
    StateRow joined;
    joined.graph_name = state.graph_name;
    joined.run_id = state.run_id;
    joined.identifier = node.identifier;
    joined.namespace_name = node.namespace_name;
    joined.node_name = node.node_name;
    const auto fingerprint = fingerprint_of(joined, parents_of(upto));
    if (store_.has_fingerprint(fingerprint)) {
        return {};
    }
    auto prepared = follower(node);
    if (!prepared) {
        return prepared.error();
    }
    OutputReader reader(store_, ancestors, united);
    const auto outputs = output_fields_from(store_.outputs(upto.back().seq));
    Surroundings around;
    around.current = upto.back().identifier;
    around.current_outputs = &outputs;
    around.ancestor = [&](const std::string& name) { return reader.find(name); };
    around.store = [&](const std::string& key) { return store_value(state, key); };
    const auto inputs = follower_inputs(*prepared, around);
    if (!inputs) {
        return inputs.error();
    }
    insert_follower(state, upto.back().seq, node, *inputs, fingerprint);
    Tally tally{state.run, {}, {}};
    tally.enters(StateStatus::created);
    store_.add_to_run(tally.run, tally.run_counts);
    for (const auto& ancestor : upto) {
        store_.add_descendants(ancestor.seq, tally.below);
    }
    return {};
}

}  // namespace exo::embedded
