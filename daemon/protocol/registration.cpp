#include "protocol/registration.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace exo::protocol {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(Writer& writer, std::string_view text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write(Writer& writer, std::string_view key, std::string_view text) {
    writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
    write(writer, text);
}

void write_field(Writer& writer, const model::FieldSchema& field) {
    writer.Key(field.name.data(), static_cast<rapidjson::SizeType>(field.name.size()));
    writer.StartObject();
    if (field.default_value) write(writer, "default", *field.default_value);
    if (!field.doc.empty()) write(writer, "description", field.doc);
    write(writer, "title", title_of(field.name));
    write(writer, "type", "string");
    writer.EndObject();
}

// The JSON schema of a model whose fields are all strings. No other keyword: upstream calls a graph
// invalid whose fields have an enum, a format and the like.
void write_schema(Writer& writer, std::string_view title, std::string_view doc,
                  const std::vector<model::FieldSchema>& fields) {
    writer.StartObject();
    if (!doc.empty()) write(writer, "description", doc);
    writer.Key("properties");
    writer.StartObject();
    for (const auto& field : fields) write_field(writer, field);
    writer.EndObject();
    const auto required = [](const model::FieldSchema& field) { return !field.default_value; };
    if (std::any_of(fields.begin(), fields.end(), required)) {
        writer.Key("required");
        writer.StartArray();
        for (const auto& field : fields) {
            if (required(field)) write(writer, field.name);
        }
        writer.EndArray();
    }
    write(writer, "title", title);
    write(writer, "type", "object");
    writer.EndObject();
}

void write_node(Writer& writer, std::string_view namespace_name, const model::NodeSchema& node) {
    writer.StartObject();
    write(writer, "name", node.name);
    write(writer, "namespace", namespace_name);
    writer.Key("inputs_schema");
    write_schema(writer, "Inputs", node.doc, node.inputs);
    writer.Key("outputs_schema");
    write_schema(writer, "Outputs", {}, node.outputs);
    writer.Key("secrets");
    writer.StartArray();
    for (const auto& secret : node.secrets) write(writer, secret);
    writer.EndArray();
    writer.EndObject();
}

bool is_letter(char c) {
    // Letters beyond ASCII are neither told apart nor changed.
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string encode_registration(std::string_view runtime_name, std::string_view namespace_name,
                                std::span<const model::NodeSchema> nodes) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    write(writer, "runtime_name", runtime_name);
    write(writer, "runtime_namespace", namespace_name);
    writer.Key("nodes");
    writer.StartArray();
    for (const auto& node : nodes) write_node(writer, namespace_name, node);
    writer.EndArray();
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

std::string encode_node(std::string_view namespace_name, const model::NodeSchema& node) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    write_node(writer, namespace_name, node);
    return {buffer.GetString(), buffer.GetSize()};
}

std::string title_of(std::string_view field_name) {
    std::string title(field_name);
    bool in_word = false;
    for (auto& c : title) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool lower = c >= 'a' && c <= 'z';
        if (in_word && upper) c = static_cast<char>(c - 'A' + 'a');
        if (!in_word && lower) c = static_cast<char>(c - 'a' + 'A');
        in_word = is_letter(c);
        if (c == '_') c = ' ';
    }
    title.erase(0, title.find_first_not_of(' '));
    title.erase(title.find_last_not_of(' ') + 1);
    return title;
}

}  // namespace exo::protocol
