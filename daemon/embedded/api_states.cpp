// Triggering graphs, claiming states, and what workers report of them.
#include <algorithm>

#include "embedded/api_call.hpp"
#include "embedded/template_json.hpp"

namespace exo::embedded {

namespace {

constexpr std::int64_t longest_wait_ms = 60'000;

// "wait_ms" is ours; upstream ignores it, so nothing that stands there is an error.
std::int64_t wait_ms(const json::Value& body) {
    const auto* wait = json::member(body, "wait_ms");
    return wait != nullptr && wait->IsInt64() ? std::min(wait->GetInt64(), longest_wait_ms) : 0;
}

}  // namespace

Api::Reply Api::trigger(const Call& call) {
    const auto run_id =
        transitions_.trigger(call.namespace_name(), call.path[1], body::to_trigger(*call.body));
    if (!run_id) {
        return refuse(run_id.error());
    }
    return {200, ObjectWriter().field("status", "CREATED").field("run_id", *run_id).finish(), {}};
}

Api::Reply Api::enqueue(const Call& call) {
    const auto nodes = text_list(call.field("nodes"));
    const auto batch_size = body::to_integer(call.field("batch_size"));
    const auto claimed = transitions_.claim(call.namespace_name(), nodes, batch_size);
    ObjectWriter object;
    object.field("count", claimed.size());
    object.field("namespace", call.namespace_name()).field("status", "QUEUED");
    write_list(object, "states", claimed, [](json::Writer& writer, const ClaimedRow& state) {
        writer.StartObject();
        json::field(writer, "state_id", state.id);
        json::field(writer, "node_name", state.node_name);
        json::field(writer, "identifier", state.identifier);
        json::key(writer, "inputs");
        json::write_raw(writer, state.inputs_json);
        json::field(writer, "created_at", wire_time_ms(state.created_at));
        writer.EndObject();
    });
    Reply reply{200, object.finish(), {{"x-exosphere-long-poll", "1"}}};
    const auto wait = wait_ms(*call.body);
    if (claimed.empty() && batch_size > 0 && wait > 0) {
        reply.wait = Reply::Wait{{}, std::chrono::milliseconds(wait)};
        for (const auto& node : nodes) {
            reply.wait->nodes.emplace(call.namespace_name(), node);
        }
    }
    return reply;
}

Api::Reply Api::executed(const Call& call) {
    const auto done =
        transitions_.executed(call.namespace_name(), call.path[1], body::to_outputs(*call.body));
    if (!done) {
        return refuse(done.error());
    }
    return {200, ObjectWriter().field("status", "EXECUTED").finish(), {}};
}

Api::Reply Api::errored(const Call& call) {
    const auto retried =
        transitions_.errored(call.namespace_name(), call.path[1], call.text("error"));
    if (!retried) {
        return refuse(retried.error());
    }
    return {200,
            ObjectWriter().field("status", "ERRORED").field("retry_created", *retried).finish(),
            {}};
}

Api::Reply Api::prune(const Call& call) {
    const auto due =
        transitions_.prune(call.namespace_name(), call.path[1], json::to_text(call.field("data")));
    if (!due) {
        return refuse(due.error());
    }
    return {
        200, ObjectWriter().field("enqueue_after", *due).field("status", "PRUNED").finish(), {}};
}

Api::Reply Api::requeue_after(const Call& call) {
    const auto due = transitions_.requeue(call.namespace_name(), call.path[1],
                                          body::to_integer(call.field("enqueue_after")));
    if (!due) {
        return refuse(due.error());
    }
    return {
        200, ObjectWriter().field("enqueue_after", *due).field("status", "CREATED").finish(), {}};
}

Api::Reply Api::manual_retry(const Call& call) {
    const auto id =
        transitions_.manual_retry(call.namespace_name(), call.path[1], call.text("fanout_id"));
    if (!id) {
        return refuse(id.error());
    }
    return {200, ObjectWriter().field("id", *id).field("status", "CREATED").finish(), {}};
}

Api::Reply Api::secrets(const Call& call) {
    const auto state = transitions_.find(call.namespace_name(), call.path[1]);
    const auto graph = state ? store_.find_graph(state->graph_namespace, state->graph_name)
                             : std::optional<GraphRow>();
    if (!graph) {
        return options_.strict_upstream ? broken() : refuse({404, "State not found"});
    }
    ObjectWriter object;
    json::key(object.writer(), "secrets");
    object.writer().StartObject();
    for (const auto& [name, ciphertext] : graph->secrets) {
        const auto plain = cipher_.decrypt(ciphertext);
        if (!plain) {
            log_.error("secret cannot be read", {{"namespace", graph->namespace_name},
                                                 {"graph", graph->name},
                                                 {"secret", name},
                                                 {"error", plain.error().message}});
            return broken();
        }
        json::field(object.writer(), name, *plain);
    }
    object.writer().EndObject();
    return {200, object.finish(), {}};
}

}  // namespace exo::embedded
