#include "embedded/template_json.hpp"

#include <stdexcept>

#include "embedded/body_schema.hpp"

namespace exo::embedded {

namespace {

using json::Value;

std::string text_of(const Value& object, std::string_view name) {
    return std::string(json::text(*json::member(object, name)));
}

// Absent and null are the same for optional fields.
const Value* given(const Value& object, std::string_view name) {
    const auto* value = json::member(object, name);
    return value != nullptr && !value->IsNull() ? value : nullptr;
}

NodeTemplate node_from_json(const Value& value) {
    NodeTemplate node;
    node.node_name = text_of(value, "node_name");
    node.namespace_name = text_of(value, "namespace");
    node.identifier = text_of(value, "identifier");
    for (const auto& input : json::member(value, "inputs")->GetObject()) {
        node.inputs.push_back({std::string(json::text(input.name)), json::python_str(input.value),
                               input.value.IsString()});
    }
    if (const auto* next = given(value, "next_nodes")) {
        node.next_nodes = text_list(*next);
    }
    if (const auto* unites = given(value, "unites")) {
        node.unites = Unites{text_of(*unites, "identifier")};
        if (const auto* strategy = given(*unites, "strategy")) {
            node.unites->strategy = *parse_unites_strategy(json::text(*strategy));
        }
    }
    return node;
}

RetryPolicy policy_from_json(const Value& value) {
    RetryPolicy policy;
    const auto read = [&](std::string_view name, std::int64_t& into) {
        if (const auto* number = given(value, name)) {
            into = body::to_integer(*number);
        }
    };
    read("max_retries", policy.max_retries);
    read("backoff_factor", policy.backoff_factor_ms);
    read("exponent", policy.exponent);
    if (const auto* strategy = given(value, "strategy")) {
        policy.strategy = *parse_retry_strategy(json::text(*strategy));
    }
    if (const auto* max_delay = given(value, "max_delay")) {
        policy.max_delay_ms = body::to_integer(*max_delay);
    }
    return policy;
}

void write_node(json::Writer& writer, const NodeTemplate& node) {
    writer.StartObject();
    json::field(writer, "node_name", node.node_name);
    json::field(writer, "namespace", node.namespace_name);
    json::field(writer, "identifier", node.identifier);
    json::key(writer, "inputs");
    writer.StartObject();
    for (const auto& input : node.inputs) {
        json::field(writer, input.name, input.value);
    }
    writer.EndObject();
    json::key(writer, "next_nodes");
    json::write_raw(writer, text_list_to_json(node.next_nodes));
    json::key(writer, "unites");
    if (node.unites) {
        writer.StartObject();
        json::field(writer, "identifier", node.unites->identifier);
        json::field(writer, "strategy", to_string(node.unites->strategy));
        writer.EndObject();
    } else {
        writer.Null();
    }
    writer.EndObject();
}

void write_retry_policy(json::Writer& writer, const RetryPolicy& policy) {
    writer.StartObject();
    json::field(writer, "max_retries", policy.max_retries);
    json::field(writer, "strategy", to_string(policy.strategy));
    json::field(writer, "backoff_factor", policy.backoff_factor_ms);
    json::field(writer, "exponent", policy.exponent);
    json::key(writer, "max_delay");
    if (policy.max_delay_ms) {
        writer.Int64(*policy.max_delay_ms);
    } else {
        writer.Null();
    }
    writer.EndObject();
}

json::Document parse_stored(std::string_view stored) {
    auto parsed = json::parse(stored);
    if (!parsed) {
        throw std::runtime_error("the database holds damaged JSON: " + parsed.error().message);
    }
    return std::move(*parsed);
}

}  // namespace

GraphTemplate template_from_json(const Value& value) {
    GraphTemplate graph;
    for (const auto& node : json::member(value, "nodes")->GetArray()) {
        graph.nodes.push_back(node_from_json(node));
    }
    if (const auto* policy = given(value, "retry_policy")) {
        graph.retry_policy = policy_from_json(*policy);
    }
    if (const auto* store = given(value, "store_config")) {
        if (const auto* keys = given(*store, "required_keys")) {
            graph.store_config.required_keys = text_list(*keys);
        }
        if (const auto* defaults = given(*store, "default_values")) {
            graph.store_config.default_values = text_pairs(*defaults);
        }
    }
    if (const auto* triggers = given(value, "triggers")) {
        for (const auto& trigger : triggers->GetArray()) {
            const auto& inner = *json::member(trigger, "value");
            graph.triggers.push_back({text_of(inner, "expression"), json::to_text(inner)});
        }
    }
    return graph;
}

void write_template(json::Writer& writer, const GraphTemplate& graph) {
    json::key(writer, "nodes");
    writer.StartArray();
    for (const auto& node : graph.nodes) {
        write_node(writer, node);
    }
    writer.EndArray();
    json::key(writer, "retry_policy");
    write_retry_policy(writer, graph.retry_policy);
    json::key(writer, "store_config");
    writer.StartObject();
    json::key(writer, "required_keys");
    json::write_raw(writer, text_list_to_json(graph.store_config.required_keys));
    json::key(writer, "default_values");
    json::write_raw(writer, text_pairs_to_json(graph.store_config.default_values));
    writer.EndObject();
    json::key(writer, "triggers");
    writer.StartArray();
    for (const auto& trigger : graph.triggers) {
        writer.StartObject();
        json::field(writer, "type", std::string_view("CRON"));
        json::key(writer, "value");
        json::write_raw(writer, trigger.value_json);
        writer.EndObject();
    }
    writer.EndArray();
}

std::string template_to_json(const GraphTemplate& graph) {
    json::Buffer buffer;
    json::Writer writer(buffer);
    writer.StartObject();
    write_template(writer, graph);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

GraphTemplate template_from_text(std::string_view stored) {
    return template_from_json(parse_stored(stored));
}

TextPairs text_pairs(const Value& object) {
    TextPairs pairs;
    for (const auto& member : object.GetObject()) {
        pairs.emplace_back(json::text(member.name), json::text(member.value));
    }
    return pairs;
}

std::vector<std::string> text_list(const Value& array) {
    std::vector<std::string> texts;
    for (const auto& item : array.GetArray()) {
        texts.emplace_back(json::text(item));
    }
    return texts;
}

std::vector<std::string> text_list_from(std::string_view stored) {
    return text_list(parse_stored(stored));
}

std::string text_list_to_json(const std::vector<std::string>& texts) {
    json::Buffer buffer;
    json::Writer writer(buffer);
    writer.StartArray();
    for (const auto& text : texts) {
        json::write(writer, text);
    }
    writer.EndArray();
    return {buffer.GetString(), buffer.GetSize()};
}

std::string text_pairs_to_json(const TextPairs& pairs) {
    json::Buffer buffer;
    json::Writer writer(buffer);
    writer.StartObject();
    for (const auto& [name, value] : pairs) {
        json::field(writer, name, value);
    }
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

OutputFields output_fields(const Value& object) {
    OutputFields fields;
    for (const auto& member : object.GetObject()) {
        // The text of anything but a string is never used: its type alone makes it an error.
        fields.emplace_back(
            json::text(member.name),
            ReferenceValue{member.value.IsString() ? std::string(json::text(member.value)) : "",
                           std::string(json::python_type(member.value))});
    }
    return fields;
}

OutputFields output_fields_from(std::string_view stored) {
    return output_fields(parse_stored(stored));
}

}  // namespace exo::embedded
