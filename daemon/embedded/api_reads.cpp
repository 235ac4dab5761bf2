// What the dashboard and the command line read: runs, their states, one state.
#include <unordered_map>

#include "embedded/api_call.hpp"
#include "embedded/template_json.hpp"

namespace exo::embedded {

namespace {

void write_run(json::Writer& writer, const RunRow& run) {
    writer.StartObject();
    json::field(writer, "run_id", run.id);
    json::field(writer, "graph_name", run.graph_name);
    json::field(writer, "success_count", run.counts.success());
    json::field(writer, "pending_count", run.counts.pending());
    json::field(writer, "errored_count", run.counts.errored());
    json::field(writer, "retried_count", run.counts.retried());
    json::field(writer, "total_count", run.counts.total());
    json::field(writer, "status", run.counts.run_status());
    json::field(writer, "created_at", wire_time_ms(run.created_at));
    writer.EndObject();
}

void write_error(json::Writer& writer, const StateRow& state) {
    json::key(writer, "error");
    if (state.error) {
        json::write(writer, *state.error);
    } else {
        writer.Null();
    }
}

void write_graph_node(json::Writer& writer, const StateRow& state) {
    writer.StartObject();
    json::field(writer, "id", to_hex(state.id));
    json::field(writer, "node_name", state.node_name);
    json::field(writer, "identifier", state.identifier);
    json::field(writer, "status", to_string(state.status));
    write_error(writer, state);
    writer.EndObject();
}

void write_summary(ObjectWriter& object, const StatusCounts& counts) {
    json::key(object.writer(), "execution_summary");
    object.writer().StartObject();
    for (const auto status : all_statuses) {
        json::field(object.writer(), to_string(status), counts[status]);
    }
    object.writer().EndObject();
}

}  // namespace

Api::Reply Api::list_runs(const Call& call) {
    body::Problems problems;
    const bool strict = options_.strict_upstream;
    const auto page = body::path_integer(
        call.path[1], "page", strict ? body::Bounds{} : body::Bounds{.greater_equal = 1}, problems);
    const auto size = body::path_integer(
        call.path[2], "size", strict ? body::Bounds{} : body::Bounds{.greater_equal = 0}, problems);
    if (!problems.empty()) {
        return {422, to_json(problems), {}};
    }
    if (page < 1 || size < 0) {
        return broken();
    }
    const auto runs = store_.runs(call.namespace_name(), page, size);
    ObjectWriter object;
    object.field("namespace", call.namespace_name());
    object.field("total", store_.count_runs(call.namespace_name()));
    object.field("page", page).field("size", size);
    write_list(object, "runs", runs, write_run);
    return {200, object.finish(), {}};
}

Api::Reply Api::run_graph(const Call& call) {
    const auto run = store_.find_run(call.path[1]);
    const bool is_ours = run && run->namespace_name == call.namespace_name();
    const auto states = is_ours ? store_.states_of_run(run->seq) : std::vector<StateRow>();
    std::unordered_map<Seq, std::string> ids;
    std::vector<const StateRow*> roots, followers;
    for (const auto& state : states) {
        ids.emplace(state.seq, to_hex(state.id));
        (state.parent ? followers : roots).push_back(&state);
    }
    ObjectWriter object;
    write_list(object, "root_states", roots, [](json::Writer& writer, const StateRow* state) {
        write_graph_node(writer, *state);
    });
    object.field("graph_name", is_ours ? run->graph_name : std::string());
    write_list(object, "nodes", states, write_graph_node);
    write_list(object, "edges", followers, [&](json::Writer& writer, const StateRow* state) {
        writer.StartObject();
        json::field(writer, "source", ids[*state->parent]);
        json::field(writer, "target", ids[state->seq]);
        writer.EndObject();
    });
    object.field("node_count", states.size()).field("edge_count", followers.size());
    write_summary(object, is_ours ? run->counts : StatusCounts());
    return {200, object.finish(), {}};
}

Api::Reply Api::node_details(const Call& call) {
    const auto &graph_name = call.path[1], &run_id = call.path[2], &id = call.path[3];
    const auto bytes = parse_object_id(id);
    if (!bytes) {
        return refuse({400, "Invalid node ID format: " + id});
    }
    const auto state = store_.find_state(*bytes);
    if (!state || state->run_id != run_id || state->graph_name != graph_name ||
        (state->namespace_name != call.namespace_name() &&
         state->graph_namespace != call.namespace_name())) {
        return refuse(
            {404, "Node " + id + " not found in run " + run_id + " for graph " + graph_name});
    }
    TextPairs parents;
    for (const auto& ancestor : store_.ancestors(*state)) {
        parents.emplace_back(ancestor.identifier, to_hex(ancestor.id));
    }
    ObjectWriter object;
    object.field("id", to_hex(state->id)).field("node_name", state->node_name);
    object.field("identifier", state->identifier).field("graph_name", state->graph_name);
    object.field("run_id", state->run_id).field("status", to_string(state->status));
    object.raw("inputs", store_.inputs(state->inputs));
    object.raw("outputs", store_.outputs(state->seq));
    write_error(object.writer(), *state);
    object.raw("parents", text_pairs_to_json(parents));
    object.field("created_at", wire_time_ms(state->created_at));
    object.field("updated_at", wire_time_ms(state->updated_at));
    return {200, object.finish(), {}};
}

}  // namespace exo::embedded
