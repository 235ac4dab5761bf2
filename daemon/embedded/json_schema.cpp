#include "embedded/json_schema.hpp"

#include <algorithm>
#include <array>

#include "embedded/json.hpp"

namespace exo::embedded {

namespace {

using json::Value;

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// "#/$defs/Name" within the document; null if it leads nowhere.
const Value* follow(const Value& root, std::string_view reference) {
    if (reference.substr(0, 2) != "#/") {
        return nullptr;
    }
    const Value* at = &root;
    for (auto rest = reference.substr(2); at != nullptr;) {
        const auto slash = rest.find('/');
        at = at->IsObject() ? json::member(*at, rest.substr(0, slash)) : nullptr;
        if (slash == std::string_view::npos) {
            return at;
        }
        rest = rest.substr(slash + 1);
    }
    return nullptr;
}

bool is_string_type(std::string_view type, const Value& property) {
    static constexpr std::array<std::string_view, 6> others{"integer", "number", "boolean",
                                                            "object",  "array",  "null"};
    static constexpr std::array<std::string_view, 5> typed_formats{"date-time", "date", "time",
                                                                   "uuid", "uri"};
    if (contains(others, type)) {
        return false;
    }
    const auto* format = type == "string" ? json::member(property, "format") : nullptr;
    return format == nullptr || !format->IsString() ||
           !contains(typed_formats, json::text(*format));
}

base::Result<bool> is_string(const Value& root, const Value& property, int references_left = 16) {
    if (!property.IsObject()) {
        return base::fail("argument of type '" + std::string(json::python_type(property)) +
                          "' is not iterable");
    }
    if (const auto* reference = json::member(property, "$ref")) {
        const auto* target = reference->IsString() ? follow(root, json::text(*reference)) : nullptr;
        if (target == nullptr || references_left == 0) {
            return base::fail("Invalid reference path: " + json::python_str(*reference));
        }
        return is_string(root, *target, references_left - 1);
    }
    for (const auto* combiner : {"anyOf", "oneOf", "allOf", "enum", "const"}) {
        if (json::member(property, combiner) != nullptr) {
            return false;
        }
    }
    const auto* type = json::member(property, "type");
    if (type != nullptr && type->IsArray() && type->Size() == 1) {
        type = &(*type)[0];
    }
    if (type == nullptr) {
        return base::fail(
            "Schema must specify a type. Set allow_undefined_type=True to infer Any type for "
            "schemas without explicit types.");
    }
    if (!type->IsString()) {
        return false;
    }
    if (json::text(*type) == "array" && json::member(property, "items") == nullptr) {
        return base::fail("Array type must specify 'items' schema");
    }
    return is_string_type(json::text(*type), property);
}

base::Result<> check_property_name(std::string_view name) {
    if (name.substr(0, 1) == "_") {
        const auto bare = name.find_first_not_of('_');
        return base::fail("Fields must not use names with leading underscores; e.g., use '" +
                          std::string(bare == std::string_view::npos ? "" : name.substr(bare)) +
                          "' instead of '" + std::string(name) + "'.");
    }
    if (name == "model_config") {
        return base::fail(
            "`model_config` cannot be used as a model field name. Use `model_config` for model "
            "configuration.");
    }
    return {};
}

}  // namespace

base::Result<std::vector<SchemaField>> read_schema_fields(std::string_view schema_json) {
    const auto parsed = json::parse(schema_json);
    if (!parsed || !parsed->IsObject()) {
        return base::fail("the schema is not a JSON object");
    }
    const auto& schema = *parsed;
    if (const auto* title = json::member(schema, "title"); title != nullptr && !title->IsString()) {
        return base::fail("type() argument 1 must be str, not " +
                          std::string(json::python_type(*title)));
    }
    std::vector<SchemaField> fields;
    const auto* properties = json::member(schema, "properties");
    if (properties == nullptr) {
        return fields;
    }
    if (!properties->IsObject()) {
        return base::fail("'" + std::string(json::python_type(*properties)) +
                          "' object has no attribute 'items'");
    }
    for (const auto& property : properties->GetObject()) {
        const auto name = json::text(property.name);
        if (auto named = check_property_name(name); !named) {
            return named.error();
        }
        auto string = is_string(schema, property.value);
        if (!string) {
            return string.error();
        }
        fields.push_back({std::string(name), *string});
    }
    return fields;
}

}  // namespace exo::embedded
