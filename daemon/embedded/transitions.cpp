#include "embedded/transitions.hpp"

#include <algorithm>
#include <set>

#include "embedded/python_text.hpp"
#include "embedded/template_json.hpp"

namespace exo::embedded {

namespace {

Refusal not_found() { return {404, "State not found"}; }
Refusal not_queued() { return {400, "State is not queued"}; }

// "Missing store keys: {'a', 'z'}"
std::optional<Refusal> missing_keys(const StoreConfig& config, const TextPairs& store) {
    std::set<std::string> missing;
    for (const auto& key : config.required_keys) {
        const bool given = std::any_of(store.begin(), store.end(),
                                       [&](const auto& pair) { return pair.first == key; });
        if (!given) {
            missing.insert(key);
        }
    }
    if (missing.empty()) {
        return std::nullopt;
    }
    std::string text;
    for (const auto& key : missing) {
        text += (text.empty() ? "" : ", ") + python_repr(key);
    }
    return Refusal{400, "Missing store keys: {" + text + "}"};
}

std::optional<std::string> find_text(const TextPairs& pairs, const std::string& key) {
    const auto found = std::find_if(pairs.begin(), pairs.end(),
                                    [&](const auto& pair) { return pair.first == key; });
    return found == pairs.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

void Transitions::Tally::leaves(StateStatus status) {
    --run_counts[status];
    below.pending -= is_pending(status) ? 1 : 0;
    below.blocking -= is_blocking(status) ? 1 : 0;
}

void Transitions::Tally::enters(StateStatus status, std::int64_t count) {
    run_counts[status] += count;
    below.pending += is_pending(status) ? count : 0;
    below.blocking += is_blocking(status) ? count : 0;
}

Transitions::Transitions(Store& store, GraphCache& graphs, TransitionOptions options)
    : store_(store), graphs_(graphs), options_(std::move(options)) {}

void Transitions::apply(const Tally& tally, const std::vector<Ancestor>& ancestors) {
    store_.add_to_run(tally.run, tally.run_counts);
    if (tally.below == DescendantCounts{}) {
        return;
    }
    for (const auto& ancestor : ancestors) {
        if (ancestor.counts) {
            store_.add_descendants(ancestor.seq, tally.below);
        }
    }
}

TextPairs Transitions::parents_of(const std::vector<Ancestor>& ancestors) const {
    TextPairs parents;
    for (const auto& ancestor : ancestors) {
        parents.emplace_back(ancestor.identifier, to_hex(ancestor.id));
    }
    return parents;
}

std::string Transitions::fingerprint_of(const StateRow& state, const TextPairs& parents) const {
    return state_fingerprint({state.graph_name, state.identifier, state.manual_retry_fanout_id,
                              state.namespace_name, state.node_name, state.run_id, parents,
                              state.retry_count});
}

// ---- trigger and claim

Answer<std::string> Transitions::trigger(const std::string& namespace_name,
                                         const std::string& graph_name,
                                         const TriggerRequest& request) {
    const auto cached = graphs_.graph(namespace_name, graph_name);
    if (!cached) {
        return Refusal{404, "Graph template not found for namespace " + namespace_name +
                                " and graph " + graph_name};
    }
    if (!cached->is_valid()) {
        return Refusal{400, "Graph template is not valid"};
    }
    const auto& graph = cached->compiled.graph();
    const auto& root = cached->compiled.root();
    const auto inputs = root_inputs(root, request.inputs, [&](const std::string& key) {
        const auto given = find_text(request.store, key);
        return given ? given : find_text(graph.store_config.default_values, key);
    });
    if (!inputs) {
        return Refusal{400, "Invalid input: " + inputs.error().message};
    }
    if (auto missing = missing_keys(graph.store_config, request.store)) {
        return *missing;
    }
    const auto now = options_.now_ms();
    RunRow run;
    run.id = new_uuid4();
    run.namespace_name = namespace_name;
    run.graph_name = graph_name;
    run.created_at = now;
    StateRow state;
    state.id = ids_.next(now);
    state.run = store_.insert_run(run, request.store);
    // The root runs in the graph's namespace, whatever its template says: upstream's rule.
    state.queue = store_.queue(namespace_name, root.node_name);
    state.identifier = root.identifier;
    state.inputs = store_.insert_inputs(text_pairs_to_json(*inputs));
    state.enqueue_after = now + std::min(request.start_delay_ms, longest_delay_ms);
    state.created_at = state.updated_at = now;
    store_.insert_state(state);
    announce(namespace_name, root.node_name);
    Tally tally{state.run, {}, {}};
    tally.enters(StateStatus::created);
    apply(tally, {});
    return run.id;
}

std::vector<ClaimedRow> Transitions::claim(const std::string& namespace_name,
                                           const std::vector<std::string>& nodes,
                                           std::int64_t batch_size) {
    if (batch_size <= 0) {
        return {};
    }
    const auto limit = std::min(static_cast<std::size_t>(batch_size), options_.most_claimed);
    std::vector<DueState> due;
    for (const auto& node : std::set<std::string>(nodes.begin(), nodes.end())) {
        if (const auto queue = store_.find_queue(namespace_name, node)) {
            const auto of_node = store_.due_states(*queue, options_.now_ms(), limit);
            due.insert(due.end(), of_node.begin(), of_node.end());
        }
    }
    std::sort(due.begin(), due.end(), [](const DueState& a, const DueState& b) {
        return std::pair(a.enqueue_after, a.seq) < std::pair(b.enqueue_after, b.seq);
    });
    due.resize(std::min(due.size(), limit));
    std::vector<ClaimedRow> claimed;
    std::map<Seq, Tally> tallies;
    std::size_t bytes = 0;
    for (const auto& found : due) {
        auto inputs = store_.inputs(found.inputs);
        bytes += inputs.size();
        if (bytes > options_.most_claimed_bytes && !claimed.empty()) {
            break;
        }
        const auto state = store_.state(found.seq);
        store_.set_queued(found.seq);
        auto& tally = tallies.try_emplace(state.run, Tally{state.run, {}, {}}).first->second;
        tally.leaves(StateStatus::created);
        tally.enters(StateStatus::queued);
        claimed.push_back({to_hex(state.id), state.node_name, state.identifier, std::move(inputs),
                           state.created_at});
    }
    for (const auto& [run, tally] : tallies) {
        apply(tally, {});
    }
    return claimed;
}

std::pair<std::size_t, std::optional<std::int64_t>> Transitions::due_work(
    const std::string& namespace_name, const std::string& node_name, std::size_t limit) {
    const auto queue = store_.find_queue(namespace_name, node_name);
    if (!queue) {
        return {0, std::nullopt};
    }
    const auto now = options_.now_ms();
    return {store_.due_states(*queue, now, limit).size(), store_.next_due_after(*queue, now)};
}

void Transitions::announce(const std::string& namespace_name, const std::string& node_name) const {
    if (options_.came) {
        options_.came(namespace_name, node_name);
    }
}

// ---- executed

Answer<StateRow> Transitions::find(const std::string& namespace_name, std::string_view id) {
    const auto bytes = parse_object_id(id);
    auto state = bytes ? store_.find_state(*bytes) : std::nullopt;
    // A state of a graph of another namespace may be named through either.
    if (!state ||
        (state->namespace_name != namespace_name && state->graph_namespace != namespace_name)) {
        return not_found();
    }
    return std::move(*state);
}

// Upstream compares no namespace here, and breaks on an id that is none.
Answer<StateRow> Transitions::find_for_report(const std::string& namespace_name,
                                              std::string_view id) {
    if (!options_.strict_upstream) {
        return find(namespace_name, id);
    }
    const auto bytes = parse_object_id(id);
    if (!bytes) {
        return Refusal{500, ""};
    }
    auto state = store_.find_state(*bytes);
    return state ? Answer<StateRow>(std::move(*state)) : not_found();
}

Answer<void> Transitions::executed(const std::string& namespace_name, std::string_view id,
                                   std::vector<StateOutputs> outputs) {
    const auto found = find_for_report(namespace_name, id);
    if (!found) {
        return found.error();
    }
    const auto& state = *found;
    if (state.status != StateStatus::queued) {
        return not_queued();
    }
    const auto now = options_.now_ms();
    auto ancestors = store_.ancestors(state);
    const auto siblings = fan_out(state, outputs, now);
    const auto count = static_cast<std::int64_t>(siblings.size());
    Tally tally{state.run, {}, {}};
    tally.leaves(StateStatus::queued);
    tally.enters(StateStatus::success, count);
    store_.set_status(state.seq, StateStatus::success, now);
    const auto followers = follow(state, siblings, ancestors);
    if (followers) {
        tally.enters(StateStatus::created, *followers * count);
    }
    apply(tally, ancestors);
    std::vector<Seq> seqs;
    std::transform(siblings.begin(), siblings.end(), std::back_inserter(seqs),
                   [](const Sibling& sibling) { return sibling.seq; });
    if (!followers) {
        end_with_error(state, seqs, ancestors, followers.error().message);
    }
    if (auto united = unite(state, ancestors); !united && followers) {
        end_with_error(state, seqs, ancestors, united.error().message);
    }
    return {};
}

// ---- errored, prune, re-enqueue-after, manual-retry

// The same work again: same inputs, same parents. Counts and the new status are the caller's.
StateRow Transitions::copy_for_retry(const StateRow& state,
                                     const std::vector<Ancestor>& ancestors) {
    const auto now = options_.now_ms();
    auto copy = state;
    copy.id = ids_.next(now);
    copy.status = StateStatus::created;
    copy.error.reset();
    copy.enqueue_after = copy.created_at = copy.updated_at = now;
    if (state.fingerprint) {
        copy.fingerprint = fingerprint_of(copy, parents_of(ancestors));
    }
    return copy;
}

Answer<bool> Transitions::errored(const std::string& namespace_name, std::string_view id,
                                  const std::string& error) {
    const auto found = find_for_report(namespace_name, id);
    if (!found) {
        return found.error();
    }
    const auto& state = *found;
    if (state.status != StateStatus::queued) {
        return Refusal{400, "State is not queued or executed"};
    }
    const auto cached = graphs_.graph(
        options_.strict_upstream ? namespace_name : state.graph_namespace, state.graph_name);
    if (!cached) {
        return Refusal{404, "Graph template not found"};
    }
    const auto& policy = cached->compiled.graph().retry_policy;
    auto ancestors = store_.ancestors(state);
    const bool again = state.retry_count < policy.max_retries;
    const auto status = again ? StateStatus::retry_created : StateStatus::errored;
    Tally tally{state.run, {}, {}};
    tally.leaves(StateStatus::queued);
    tally.enters(status);
    store_.set_status(state.seq, status, options_.now_ms());
    store_.set_error(state.seq, error);
    if (again) {
        auto before = state;
        ++before.retry_count;
        auto copy = copy_for_retry(before, ancestors);
        copy.enqueue_after += retry_delay_ms(policy, copy.retry_count, options_.random);
        store_.insert_state(copy);
        announce(state.namespace_name, state.node_name);
        tally.enters(StateStatus::created);
    }
    apply(tally, ancestors);
    if (again) {
        return true;
    }
    if (auto united = unite(state, ancestors); !united) {
        // It is ERRORED already; what could not follow is told behind its own error.
        store_.set_error(state.seq, error + "\nNext state not created: " + united.error().message);
    }
    return false;
}

Answer<std::int64_t> Transitions::prune(const std::string& namespace_name, std::string_view id,
                                        const std::string& data_json) {
    const auto found = find_for_report(namespace_name, id);
    if (!found) {
        return found.error();
    }
    const auto& state = *found;
    if (state.status != StateStatus::queued) {
        return not_queued();
    }
    auto ancestors = store_.ancestors(state);
    Tally tally{state.run, {}, {}};
    tally.leaves(StateStatus::queued);
    tally.enters(StateStatus::pruned);
    store_.set_status(state.seq, StateStatus::pruned, options_.now_ms());
    store_.set_prune_data(state.seq, data_json);
    apply(tally, ancestors);
    if (auto united = unite(state, ancestors); !united) {
        end_with_error(state, {state.seq}, ancestors, united.error().message);
    }
    return state.enqueue_after;
}

Answer<std::int64_t> Transitions::requeue(const std::string& namespace_name, std::string_view id,
                                          std::int64_t after_ms) {
    const auto found = find_for_report(namespace_name, id);
    if (!found) {
        return found.error();
    }
    const auto& state = *found;
    if (state.status != StateStatus::queued && !options_.strict_upstream) {
        return not_queued();
    }
    const auto now = options_.now_ms();
    const auto due = now + std::min(after_ms, longest_delay_ms);
    Tally tally{state.run, {}, {}};
    tally.leaves(state.status);
    tally.enters(StateStatus::created);
    store_.requeue(state.seq, due, now);
    announce(state.namespace_name, state.node_name);
    apply(tally, store_.ancestors(state));
    return due;
}

Answer<std::string> Transitions::manual_retry(const std::string& namespace_name,
                                              std::string_view id, const std::string& fanout_id) {
    const auto found = find(namespace_name, id);
    if (!found) {
        return found.error();
    }
    const auto& state = *found;
    if (store_.has_fanout(state, fanout_id)) {
        return Refusal{409, "Duplicate retry state detected"};
    }
    auto ancestors = store_.ancestors(state);
    auto before = state;
    before.retry_count = 0;
    before.fanout_id = fanout_id;
    before.manual_retry_fanout_id = fanout_id;
    const auto copy = copy_for_retry(before, ancestors);
    if (copy.fingerprint && store_.has_fingerprint(*copy.fingerprint)) {
        return Refusal{409, "Duplicate retry state detected"};
    }
    store_.insert_state(copy);
    announce(state.namespace_name, state.node_name);
    Tally tally{state.run, {}, {}};
    tally.leaves(state.status);
    tally.enters(StateStatus::retry_created);
    tally.enters(StateStatus::created);
    store_.set_status(state.seq, StateStatus::retry_created, options_.now_ms());
    apply(tally, ancestors);
    return to_hex(copy.id);
}

}  // namespace exo::embedded
