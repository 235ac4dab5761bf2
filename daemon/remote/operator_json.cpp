#include "remote/operator_json.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "remote/json.hpp"

namespace exo::remote {
namespace {

std::vector<std::string> strings_in(const Json* value) {
    std::vector<std::string> out;
    if (value == nullptr || !value->IsArray()) return out;
    for (const auto& item : value->GetArray()) {
        if (item.IsString()) out.push_back(to_string(item));
    }
    return out;
}

std::vector<std::string> names_in(const Json* object) {
    std::vector<std::string> out;
    if (object == nullptr || !object->IsObject()) return out;
    for (const auto& member : object->GetObject()) out.push_back(to_string(member.name));
    return out;
}

std::vector<std::string> schema_fields(const Json& node, std::string_view schema_name) {
    const auto* schema = find_member(node, schema_name);
    return schema == nullptr ? std::vector<std::string>()
                             : names_in(find_member(*schema, "properties"));
}

std::int64_t int_member(const Json& value, std::string_view name) {
    const auto* member = find_member(value, name);
    return member != nullptr && member->IsInt64() ? member->GetInt64() : 0;
}

KeyValues texts_in(const Json* object) {
    KeyValues out;
    if (object == nullptr || !object->IsObject()) return out;
    for (const auto& member : object->GetObject()) {
        out.emplace_back(to_string(member.name), member.value.IsString()
                                                     ? to_string(member.value)
                                                     : to_json_text(member.value));
    }
    return out;
}

GraphTemplate graph_of(const Json& value) {
    GraphTemplate graph;
    graph.name = string_member(value, "name");
    graph.validation_status = string_member(value, "validation_status");
    graph.validation_errors = strings_in(find_member(value, "validation_errors"));
    graph.secrets = names_in(find_member(value, "secrets"));
    graph.created_at = string_member(value, "created_at");
    graph.updated_at = string_member(value, "updated_at");
    const auto* nodes = find_member(value, "nodes");
    if (nodes == nullptr || !nodes->IsArray()) return graph;
    for (const auto& node : nodes->GetArray()) {
        const auto* unites = find_member(node, "unites");
        graph.nodes.push_back({string_member(node, "identifier"), string_member(node, "node_name"),
                               string_member(node, "namespace"),
                               strings_in(find_member(node, "next_nodes")),
                               unites == nullptr ? "" : string_member(*unites, "identifier")});
    }
    return graph;
}

// Parses `json`, then calls read(document, array `name` of it).
template <class T>
base::Result<T> read_list(std::string_view json, std::string_view name,
                          T (*read)(const Json& document, const Json& list)) {
    rapidjson::Document document;
    if (auto parsed = parse_json(json, document); !parsed) return parsed.error();
    const auto* list = find_member(document, name);
    if (list == nullptr || !list->IsArray()) {
        return base::fail("there is no list \"" + std::string(name) + "\"");
    }
    return read(document, *list);
}

std::vector<RegisteredNode> nodes_of(const Json& /*document*/, const Json& list) {
    std::vector<RegisteredNode> nodes;
    for (const auto& node : list.GetArray()) {
        nodes.push_back({string_member(node, "name"), string_member(node, "runtime_name"),
                         schema_fields(node, "inputs_schema"),
                         schema_fields(node, "outputs_schema"),
                         strings_in(find_member(node, "secrets"))});
    }
    return nodes;
}

std::vector<GraphTemplate> graphs_of(const Json& /*document*/, const Json& list) {
    std::vector<GraphTemplate> graphs;
    for (const auto& graph : list.GetArray()) graphs.push_back(graph_of(graph));
    return graphs;
}

RunsPage runs_of(const Json& document, const Json& list) {
    RunsPage page{int_member(document, "total"),
                  int_member(document, "page"),
                  int_member(document, "size"),
                  {}};
    for (const auto& run : list.GetArray()) {
        page.runs.push_back({string_member(run, "run_id"), string_member(run, "graph_name"),
                             string_member(run, "status"), string_member(run, "created_at"),
                             int_member(run, "success_count"), int_member(run, "pending_count"),
                             int_member(run, "errored_count"), int_member(run, "retried_count"),
                             int_member(run, "total_count")});
    }
    return page;
}

RunGraph run_graph_of(const Json& document, const Json& list) {
    RunGraph graph{string_member(document, "graph_name"), {}, {}};
    for (const auto& node : list.GetArray()) {
        graph.states.push_back({string_member(node, "id"), string_member(node, "node_name"),
                                string_member(node, "identifier"), string_member(node, "status"),
                                string_member(node, "error")});
    }
    const auto* edges = find_member(document, "edges");
    if (edges == nullptr || !edges->IsArray()) return graph;
    for (const auto& edge : edges->GetArray()) {
        graph.edges.emplace_back(string_member(edge, "source"), string_member(edge, "target"));
    }
    return graph;
}

// pydantic's text carries the problem between "Value error, " and " [type=...", and after that the
// input itself, which may hold secrets: only the problems are kept.
std::string without_framework(const std::string& detail) {
    constexpr std::string_view begin = "Value error, ";
    constexpr std::string_view end = " [type=";
    std::string out;
    std::size_t at = 0;
    while ((at = detail.find(begin, at)) != std::string::npos) {
        at += begin.size();
        const auto stop = detail.find(end, at);
        if (!out.empty()) out += '\n';
        out += detail.substr(at, stop == std::string::npos ? stop : stop - at);
    }
    if (!out.empty()) return out;
    return detail.substr(0, detail.find(end));
}

std::string problem_of(const Json& item) {
    std::string place;
    if (const auto* loc = find_member(item, "loc"); loc != nullptr && loc->IsArray()) {
        for (const auto& step : loc->GetArray()) {
            if (step.IsInt64()) {
                place += "[" + std::to_string(step.GetInt64()) + "]";
            } else if (step.IsString() && to_string(step) != "body") {
                place += (place.empty() ? "" : ".") + to_string(step);
            }
        }
    }
    auto text = string_member(item, "msg");
    constexpr std::string_view noise = "Value error, ";
    if (text.starts_with(noise)) text.erase(0, noise.size());
    return place.empty() ? text : place + ": " + text;
}

void write_object(rapidjson::Writer<rapidjson::StringBuffer>& writer, const char* name,
                  const KeyValues& values) {
    writer.Key(name);
    writer.StartObject();
    for (const auto& [key, value] : values) {
        writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
        writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    }
    writer.EndObject();
}

}  // namespace

base::Result<std::vector<std::string>> read_namespaces(std::string_view json) {
    return read_list<std::vector<std::string>>(
        json, "namespaces", [](const Json&, const Json& list) { return strings_in(&list); });
}

base::Result<std::vector<RegisteredNode>> read_nodes(std::string_view json) {
    return read_list(json, "nodes", nodes_of);
}

base::Result<GraphTemplate> read_graph(std::string_view json) {
    auto graph = read_list<GraphTemplate>(
        json, "nodes", [](const Json& document, const Json&) { return graph_of(document); });
    if (graph && graph->validation_status.empty()) {
        return base::fail("there is no \"validation_status\"");
    }
    return graph;
}

base::Result<std::vector<GraphTemplate>> read_graphs(std::string_view json) {
    return read_list(json, "templates", graphs_of);
}

base::Result<std::string> read_run_id(std::string_view json) {
    rapidjson::Document document;
    if (auto parsed = parse_json(json, document); !parsed) return parsed.error();
    auto run_id = string_member(document, "run_id");
    if (run_id.empty()) return base::fail("there is no \"run_id\"");
    return run_id;
}

base::Result<RunsPage> read_runs(std::string_view json) { return read_list(json, "runs", runs_of); }

base::Result<RunGraph> read_run_graph(std::string_view json) {
    return read_list(json, "nodes", run_graph_of);
}

base::Result<NodeDetails> read_node_details(std::string_view json) {
    rapidjson::Document document;
    if (auto parsed = parse_json(json, document); !parsed) return parsed.error();
    NodeDetails details{string_member(document, "id"),
                        string_member(document, "node_name"),
                        string_member(document, "identifier"),
                        string_member(document, "status"),
                        string_member(document, "error"),
                        texts_in(find_member(document, "inputs")),
                        texts_in(find_member(document, "outputs")),
                        string_member(document, "created_at"),
                        string_member(document, "updated_at")};
    if (details.id.empty()) return base::fail("there is no \"id\"");
    return details;
}

base::Result<> read_health(std::string_view json) {
    rapidjson::Document document;
    if (auto parsed = parse_json(json, document); !parsed) return parsed.error();
    if (!document.IsObject()) return base::fail("it is no object");
    return {};
}

std::string read_detail(std::string_view json) {
    rapidjson::Document document;
    if (!parse_json(json, document)) return "";
    const auto* detail = find_member(document, "detail");
    if (detail == nullptr) return "";
    if (detail->IsString()) return without_framework(to_string(*detail));
    std::string out;
    if (!detail->IsArray()) return out;
    for (const auto& item : detail->GetArray()) {
        if (!out.empty()) out += '\n';
        out += problem_of(item);
    }
    return out;
}

std::string write_trigger(const KeyValues& inputs, const KeyValues& store) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    writer.StartObject();
    write_object(writer, "store", store);
    write_object(writer, "inputs", inputs);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace exo::remote
