#include "plugin/handshake.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace exo::plugin {
namespace {

// Sizes of the first contract: what every plugin has, whatever is appended later.
constexpr std::size_t plugin_size = offsetof(exo_plugin, shutdown) + sizeof(exo_plugin::shutdown);
constexpr std::size_t node_size = offsetof(exo_node, destroy) + sizeof(exo_node::destroy);
constexpr std::size_t field_size = offsetof(exo_field, doc) + sizeof(exo_field::doc);
constexpr std::size_t most_size =
    std::size_t{64} * 1024;  // no struct of ours will ever be so large
constexpr std::size_t most_text = std::size_t{1024} * 1024;

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

// `what` names the struct in the sentence: "plugin", "node #1".
template <class Struct>
base::Result<> check_struct(const std::string& what, const Struct* given, std::size_t least) {
    if (given == nullptr) return base::fail("declares a NULL " + what);
    if (reinterpret_cast<std::uintptr_t>(given) % alignof(Struct) != 0)
        return base::fail("declares a misaligned " + what);
    if (given->size < least || given->size > most_size) {
        return base::fail("declares " + what + " with size " + std::to_string(given->size) +
                          ", expected " + std::to_string(least) +
                          " or more: it was not built with exosphere/abi.h of version 1");
    }
    return {};
}

base::Result<std::string> read_text(const std::string& what, exo_str text) {
    if (text.len == 0) return std::string();
    if (text.ptr == nullptr) return base::fail("declares a NULL " + what + " with a length");
    if (text.len > most_text) return base::fail("declares a " + what + " of over 1 MiB");
    std::string out(text.ptr, text.len);
    if (!model::is_utf8(out)) return base::fail("declares a " + what + " that is not UTF-8");
    return out;
}

base::Result<model::FieldSchema> read_field(const std::string& what, const exo_field* field) {
    if (auto checked = check_struct(what, field, field_size); !checked) return checked.error();
    auto name = read_text(what + " name", field->name);
    if (!name) return name.error();
    if (auto checked = model::check_field_name(what, *name); !checked)
        return base::fail("declares a bad name: " + checked.error().message);
    model::FieldSchema out;
    out.name = *name;
    if ((field->flags & EXO_FIELD_DEFAULT) != 0) {
        auto value = read_text("default of " + what + " " + quoted(*name), field->default_value);
        if (!value) return value.error();
        out.default_value = *std::move(value);
    }
    auto doc = read_text("doc of " + what + " " + quoted(*name), field->doc);
    if (!doc) return doc.error();
    out.doc = *std::move(doc);
    return out;
}

base::Result<std::vector<model::FieldSchema>> read_fields(const std::string& what,
                                                          const exo_field* const* fields,
                                                          std::size_t count) {
    if (count > most_fields) {
        return base::fail("declares " + std::to_string(count) + " fields as " + what +
                          ", at most " + std::to_string(most_fields) + " are allowed");
    }
    if (count > 0 && fields == nullptr) return base::fail("declares NULL as " + what);
    std::vector<model::FieldSchema> out;
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        auto field = read_field(what, fields[i]);
        if (!field) return field.error();
        const auto same = [&](const model::FieldSchema& other) {
            return other.name == field->name;
        };
        if (std::ranges::any_of(out, same))
            return base::fail("declares " + what + " " + quoted(field->name) + " twice");
        out.push_back(*std::move(field));
    }
    return out;
}

base::Result<DeclaredNode> read_node(const exo_node* node, std::size_t index) {
    const auto number = "node #" + std::to_string(index + 1);
    if (auto checked = check_struct(number, node, node_size); !checked) return checked.error();
    auto name = read_text("name of " + number, node->name);
    if (!name) return name.error();
    if (auto checked = model::check_name("node", *name); !checked)
        return base::fail("declares a bad name: " + checked.error().message);
    const auto what = "node " + quoted(*name);
    if (node->create == nullptr || node->execute == nullptr || node->destroy == nullptr)
        return base::fail("declares " + what + " without create, execute or destroy");
    auto doc = read_text("doc of " + what, node->doc);
    if (!doc) return doc.error();
    auto inputs = read_fields("input of " + what, node->inputs, node->input_count);
    if (!inputs) return inputs.error();
    auto outputs = read_fields("output of " + what, node->outputs, node->output_count);
    if (!outputs) return outputs.error();
    auto secrets = read_fields("secret of " + what, node->secrets, node->secret_count);
    if (!secrets) return secrets.error();
    DeclaredNode out{{*name, *doc, *std::move(inputs), *std::move(outputs), {}}, node};
    for (auto& secret : *secrets) out.schema.secrets.push_back(std::move(secret.name));
    return out;
}

base::Result<Declaration> read_names(const exo_plugin& plugin) {
    Declaration out;
    out.abi = &plugin;
    struct Text {
        const char* what;
        exo_str given;
        std::string& into;
    };
    for (const auto& text : {Text{"plugin name", plugin.name, out.name},
                             Text{"plugin version", plugin.version, out.version},
                             Text{"built_with", plugin.built_with, out.built_with}}) {
        auto read = read_text(text.what, text.given);
        if (!read) return read.error();
        text.into = *std::move(read);
    }
    for (const auto& [what, name] :
         {std::pair{"plugin", &out.name}, std::pair{"plugin version", &out.version}}) {
        if (auto checked = model::check_name(what, *name); !checked)
            return base::fail("declares a bad name: " + checked.error().message);
    }
    return out;
}

}  // namespace

base::Result<Declaration> read_declaration(const exo_plugin* plugin) {
    if (auto checked = check_struct("plugin", plugin, plugin_size); !checked)
        return checked.error();
    auto out = read_names(*plugin);
    if (!out) return out;
    if (plugin->node_count == 0) return base::fail("declares no nodes");
    if (plugin->node_count > most_nodes) {
        return base::fail("declares " + std::to_string(plugin->node_count) + " nodes, at most " +
                          std::to_string(most_nodes) + " are allowed");
    }
    if (plugin->nodes == nullptr) return base::fail("declares NULL as its nodes");
    for (std::size_t i = 0; i < plugin->node_count; ++i) {
        auto node = read_node(plugin->nodes[i], i);
        if (!node) return node.error();
        const auto same = [&](const DeclaredNode& other) {
            return other.schema.name == node->schema.name;
        };
        if (std::ranges::any_of(out->nodes, same))
            return base::fail("declares node " + quoted(node->schema.name) + " twice");
        out->nodes.push_back(*std::move(node));
    }
    return out;
}

}  // namespace exo::plugin
