// Nodes and graph templates.
#include <algorithm>

#include "embedded/api_call.hpp"
#include "embedded/graph_check.hpp"
#include "embedded/graph_rules.hpp"
#include "embedded/python_text.hpp"
#include "embedded/template_json.hpp"

namespace exo::embedded {

namespace {

void write_times(ObjectWriter& object, const std::string& created_at,
                 const std::string& updated_at) {
    object.field("created_at", created_at).field("updated_at", updated_at);
}

std::vector<std::string> names_of(const TextPairs& secrets) {
    std::vector<std::string> names;
    std::transform(secrets.begin(), secrets.end(), std::back_inserter(names),
                   [](const auto& secret) { return secret.first; });
    return names;
}

// Names only: {"token":true}.
void write_secret_names(ObjectWriter& object, const TextPairs& secrets) {
    json::key(object.writer(), "secrets");
    object.writer().StartObject();
    for (const auto& [name, ciphertext] : secrets) {
        json::field(object.writer(), name, true);
    }
    object.writer().EndObject();
}

std::string graph_answer(const GraphTemplate& graph, const TextPairs& secrets,
                         const std::string& created_at, const std::string& updated_at,
                         const std::string& status, const std::vector<std::string>& errors) {
    ObjectWriter object;
    write_template(object.writer(), graph);
    write_secret_names(object, secrets);
    write_times(object, created_at, updated_at);
    object.field("validation_status", status);
    object.raw("validation_errors", text_list_to_json(errors));
    return object.finish();
}

void write_node_fields(json::Writer& writer, const NodeRow& node) {
    json::field(writer, "name", node.name);
    json::key(writer, "inputs_schema");
    json::write_raw(writer, node.inputs_schema);
    json::key(writer, "outputs_schema");
    json::write_raw(writer, node.outputs_schema);
    json::key(writer, "secrets");
    json::write_raw(writer, text_list_to_json(node.secrets));
}

}  // namespace

Api::Reply Api::list_namespaces(const Call&) {
    const auto names = store_.namespaces();
    return {200,
            ObjectWriter()
                .raw("namespaces", text_list_to_json(names))
                .field("count", names.size())
                .finish(),
            {}};
}

Api::Reply Api::register_nodes(const Call& call) {
    const auto now = now_ms();
    std::vector<NodeRow> nodes;
    for (const auto& value : call.field("nodes").GetArray()) {
        NodeRow node;
        node.id = ids_.next(now);
        node.namespace_name = call.namespace_name();
        node.name = json::text(*json::member(value, "name"));
        node.runtime_name = call.text("runtime_name");
        node.inputs_schema = json::to_text(*json::member(value, "inputs_schema"));
        node.outputs_schema = json::to_text(*json::member(value, "outputs_schema"));
        node.secrets = text_list(*json::member(value, "secrets"));
        node.created_at = node.updated_at = now;
        store_.upsert_node(node);
        nodes.push_back(std::move(node));
    }
    graphs_.forget();
    ObjectWriter object;
    object.field("runtime_name", call.text("runtime_name"));
    write_list(object, "registered_nodes", nodes, [](json::Writer& writer, const NodeRow& node) {
        writer.StartObject();
        write_node_fields(writer, node);
        writer.EndObject();
    });
    return {200, object.finish(), {}};
}

Api::Reply Api::list_nodes(const Call& call) {
    const auto nodes = store_.nodes(call.namespace_name());
    ObjectWriter object;
    object.field("namespace", call.namespace_name()).field("count", nodes.size());
    write_list(object, "nodes", nodes, [](json::Writer& writer, const NodeRow& node) {
        writer.StartObject();
        json::field(writer, "_id", to_hex(node.id));
        json::field(writer, "created_at", wire_time_ms(node.created_at));
        json::field(writer, "updated_at", wire_time_ms(node.updated_at));
        json::field(writer, "namespace", node.namespace_name);
        json::field(writer, "runtime_name", node.runtime_name);
        json::field(writer, "runtime_namespace", node.namespace_name);
        write_node_fields(writer, node);
        writer.EndObject();
    });
    return {200, object.finish(), {}};
}

Api::Reply Api::upsert_graph(const Call& call) {
    const auto graph = trimmed(template_from_json(*call.body));
    const auto secrets = text_pairs(call.field("secrets"));
    const auto errors =
        template_errors(call.path[1], call.namespace_name(), names_of(secrets), graph);
    if (!errors.empty()) {
        return refuse({400, "Error validating graph template: " + join_lines(errors)});
    }
    GraphRow row;
    row.namespace_name = trim(call.namespace_name());
    row.name = trim(call.path[1]);
    row.template_json = template_to_json(graph);
    row.validation_errors =
        validation_errors(graph, names_of(secrets),
                          [this](const std::string& namespace_name, const std::string& name) {
                              return graphs_.node(namespace_name, name);
                          });
    row.validation_status = row.validation_errors.empty() ? "VALID" : "INVALID";
    for (const auto& [name, value] : secrets) {
        row.secrets.emplace_back(name, cipher_.encrypt(value));
    }
    const auto now = options_.now_micros();
    const auto before = store_.find_graph(row.namespace_name, row.name);
    row.created_at = before ? before->created_at : now / 1000;
    row.updated_at = now / 1000;
    row.id = before ? before->id : ids_.next(row.created_at);
    store_.upsert_graph(row);
    graphs_.forget();
    // It is validated already, but clients wait for PENDING to go away, as upstream answers it.
    const auto created_at = before ? wire_time_ms(before->created_at) : wire_time(now);
    return {201, graph_answer(graph, secrets, created_at, wire_time(now), "PENDING", {}), {}};
}

Api::Reply Api::get_graph(const Call& call) {
    const auto row = store_.find_graph(call.namespace_name(), call.path[1]);
    if (!row) {
        return refuse({404, "Graph template " + call.path[1] + " not found in namespace " +
                                call.namespace_name()});
    }
    auto graph = template_from_text(row->template_json);
    if (options_.strict_upstream) {  // upstream forgets to fill them in
        graph = GraphTemplate{std::move(graph.nodes), {}, {}, {}};
    }
    return {
        200,
        graph_answer(graph, row->secrets, wire_time_ms(row->created_at),
                     wire_time_ms(row->updated_at), row->validation_status, row->validation_errors),
        {}};
}

Api::Reply Api::list_graphs(const Call& call) {
    const auto rows = store_.graphs(call.namespace_name());
    ObjectWriter object;
    object.field("namespace", call.namespace_name()).field("count", rows.size());
    write_list(object, "templates", rows, [this](json::Writer& writer, const GraphRow& row) {
        ObjectWriter one;
        one.field("_id", to_hex(row.id));
        write_times(one, wire_time_ms(row.created_at), wire_time_ms(row.updated_at));
        one.field("name", row.name).field("namespace", row.namespace_name);
        one.field("validation_status", row.validation_status);
        one.raw("validation_errors", text_list_to_json(row.validation_errors));
        write_template(one.writer(), template_from_text(row.template_json));
        if (options_.strict_upstream) {
            one.raw("secrets", text_pairs_to_json(row.secrets));
        } else {
            write_secret_names(one, row.secrets);
        }
        json::write_raw(writer, one.finish());
    });
    return {200, object.finish(), {}};
}

}  // namespace exo::embedded
