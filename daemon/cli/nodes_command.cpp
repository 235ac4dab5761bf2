#include "cli/nodes_command.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <ostream>
#include <utility>

#include "base/text_table.hpp"
#include "cli/exec_report.hpp"
#include "cli/local_plugins.hpp"
#include "protocol/registration.hpp"
#include "settings/load.hpp"

namespace exo::cli {
namespace {

using base::ExitCode;

struct Place {
    settings::Plugins plugins;
    std::string namespace_name = "default";
};

base::Result<Place> find_place(const NodesOptions& options,
                               const settings::Environment& environment) {
    Place place;
    if (options.config_file.empty()) {
        place.plugins.directory = options.plugin_dir;
        return place;
    }
    auto loaded = settings::load_file(options.config_file, environment);
    if (!loaded) return base::fail(settings::to_text(loaded.error()));
    place.plugins = std::move(loaded->plugins);
    place.namespace_name = std::move(loaded->runtime.namespace_name);
    return place;
}

// "text, batch_size=100": a field without a value must be given.
std::string fields(const std::vector<model::FieldSchema>& given) {
    constexpr std::size_t longest_default = 24;
    std::string text;
    for (const auto& field : given) {
        text += (text.empty() ? "" : ", ") + field.name;
        if (!field.default_value) continue;
        text +=
            "=" + (field.default_value->empty()
                       ? "\"\""
                       : base::truncated(base::printable(*field.default_value), longest_default));
    }
    return text.empty() ? "-" : text;
}

std::string names(const std::vector<std::string>& given) {
    std::string text;
    for (const auto& name : given) text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "-" : text;
}

std::string to_table(const plugin::Registry& registry, bool colour) {
    base::TextTable table;
    const auto heading = [](const char* text) { return base::Cell(text, base::Style::bold); };
    table.add({heading("PLUGIN"), heading("VERSION"), heading("NODE"), heading("INPUTS"),
               heading("OUTPUTS"), heading("SECRETS")});
    for (const auto& plugin : registry.plugins()) {
        for (const auto& node : plugin->nodes()) {
            const auto& schema = node->schema();
            table.add({plugin->name(), plugin->version(), schema.name, fields(schema.inputs),
                       fields(schema.outputs), names(schema.secrets)});
        }
    }
    return table.text(colour);
}

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

void member(Writer& writer, const char* name, const std::string& text) {
    writer.Key(name);
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write_plugin(Writer& writer, const plugin::Plugin& plugin, const std::string& namespace_name) {
    writer.StartObject();
    member(writer, "name", plugin.name());
    member(writer, "version", plugin.version());
    member(writer, "file", base::printable(plugin.library().file.string()));
    member(writer, "sha256", plugin.library().sha256);
    member(writer, "built_with", plugin.library().declared.built_with);
    writer.Key("nodes");
    writer.StartArray();
    for (const auto& node : plugin.nodes()) {
        const auto document = protocol::encode_node(namespace_name, node->schema());
        writer.RawValue(document.data(), document.size(), rapidjson::kObjectType);
    }
    writer.EndArray();
    writer.EndObject();
}

// {"plugins":[{"name","version","file","sha256","built_with","nodes":[as they would be
// registered]}],"refused":[{"file","reason"}]}
std::string to_json(const plugin::Registry& registry, const std::string& namespace_name) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.SetIndent(' ', 2);
    writer.StartObject();
    writer.Key("plugins");
    writer.StartArray();
    for (const auto& plugin : registry.plugins()) write_plugin(writer, *plugin, namespace_name);
    writer.EndArray();
    writer.Key("refused");
    writer.StartArray();
    for (const auto& refused : registry.refused()) {
        writer.StartObject();
        member(writer, "file", base::printable(refused.file.string()));
        member(writer, "reason", base::printable(refused.reason));
        writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace

ExitCode run_command(const NodesOptions& options, const settings::Environment& environment,
                     Output output, plugin::ProbeCommand probe) {
    const auto place = find_place(options, environment);
    if (!place) return complain(output, ExitCode::refused, place.error().message);
    const auto lines = std::make_shared<LogLines>(&output.err);
    auto plugins =
        LocalPlugins::open(place->plugins, environment, std::move(probe),
                           [lines](const plugin::PluginLine& line) { lines->add(line); });
    if (!plugins) return complain(output, ExitCode::refused, plugins.error().message);
    const auto& registry = (*plugins)->registry();
    if (options.json) {
        output.out << to_json(registry, place->namespace_name);
    } else if (registry.plugins().empty()) {
        output.err << "exosphered: no plugins in " << base::printable(place->plugins.directory)
                   << "\n";
    } else {
        output.out << to_table(registry, output.terminal.colour);
    }
    auto code = ExitCode::done;
    for (const auto& refused : registry.refused())
        code = complain(output, ExitCode::refused, refused.sentence());
    const bool closed = (*plugins)->close();
    lines->end();
    if (!closed) LocalPlugins::leave_in_a_hurry(output, code);
    return code;
}

}  // namespace exo::cli
