#include "cli/argv.hpp"
#include "settings/values.hpp"

namespace exo::cli {
namespace {

void add_nodes(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<NodesOptions>();
    auto* nodes = add_command(app, "nodes", "List the nodes of plugins, with their fields",
                              "exosphered nodes --plugin-dir build/debug/plugins");
    auto* places = nodes->add_option_group("place");
    places->add_option("--plugin-dir", options->plugin_dir, "The plugins")->type_name("DIR");
    places->add_option("--config", options->config_file, "The configuration that names them")
        ->type_name("FILE");
    places->require_option(1);
    nodes->add_flag("--json", options->json, "One JSON document on standard output");
    choose(nodes, chosen, options);
}

void add_exec(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<ExecOptions>();
    auto* exec = add_command(app, "exec", "Execute one node once, without any state manager",
                             "exosphered exec Uppercase --plugin-dir build/debug/plugins "
                             "-i text=hello");
    add_name(exec, "NODE", "node", options->node, "The node")->required();
    exec->add_option("--plugin-dir", options->plugin_dir, "The plugins")
        ->type_name("DIR")
        ->required();
    add_key_values(exec, "-i,--input", options->inputs, "An input; KEY=@FILE reads a file");
    add_key_values(exec, "-s,--secret", options->secrets, "A secret; KEY=@FILE reads a file");
    add_key_variables(exec, "--secret-env", options->secrets, *chosen.lookup,
                      "A secret from an environment variable");
    const auto take_timeout = [options = options.get()](const std::string& text) {
        options->timeout = settings::parse_duration(text);
        if (!options->timeout || options->timeout->count() == 0) {
            refuse("--timeout must be one whole number and one unit, such as \"30s\", not \"" +
                   text + "\"");
        }
    };
    exec->add_option_function<std::string>("--timeout", take_timeout,
                                           "Cancel the node after this time (default: never)")
        ->type_name("DURATION");
    exec->add_flag("--json", options->json, "One JSON document on standard output");
    choose(exec, chosen, options);
}

// How a plugin's file is tried before it is opened in earnest (plugin/probe.hpp).
void add_probe(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<ProbePluginOptions>();
    auto* probe = add_command(app, "probe-plugin", "Open one plugin in this process and judge it",
                              "exosphered probe-plugin plugin.so");
    probe->group("");
    probe->add_option("FILE", options->file, "The plugin")->required();
    choose(probe, chosen, options);
}

}  // namespace

void add_plugin_commands(CLI::App& app, Chosen& chosen) {
    add_nodes(app, chosen);
    add_exec(app, chosen);
    add_probe(app, chosen);
}

}  // namespace exo::cli
