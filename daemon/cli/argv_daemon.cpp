#include "cli/argv.hpp"

namespace exo::cli {
namespace {

CLI::Option* add_config(CLI::App* command, std::string& target) {
    return command->add_option("--config", target, "The configuration (default " + target + ")")
        ->type_name("FILE");
}

void add_run(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<app::RunOptions>();
    auto* run = add_command(app, "run", "Run the daemon (the default command)",
                            "exosphered run --config /etc/exosphere/exosphered.toml");
    add_config(run, options->config_file);
    choose(run, chosen, options);
}

void add_dev(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<app::DevOptions>();
    auto* dev = add_command(
        app, "dev", "A state manager and a worker in one process, without any configuration",
        "exosphered dev --plugin-dir build/debug/plugins\n"
        "  exosphered dev --graph word-count.json --trigger --store path=/etc/services --wait");
    dev->add_option("--plugin-dir", options->plugin_dir,
                    "Plugins to load (default: the installed ones)")
        ->type_name("DIR");
    add_listen(dev, options->listen);
    dev->add_option("--data-dir", options->data_dir,
                    "Database and keys (default: the user's state directory)")
        ->type_name("DIR");
    add_api_key(dev, options->api_key);
    add_name(dev, "--namespace", "namespace", options->namespace_name,
             "The namespace (default \"" + options->namespace_name + "\")");
    auto* graph = dev->add_option("--graph", options->graph_file, "A graph to apply at the start")
                      ->type_name("FILE");
    add_name(dev, "--graph-name", "graph", options->graph_name, "Its name (default: the file's)")
        ->needs(graph);
    auto* trigger =
        dev->add_flag("--trigger", options->trigger, "Run the graph once")->needs(graph);
    add_key_values(dev, "-i,--input", options->inputs,
                   "An input of the run; KEY=@FILE reads a file")
        ->needs(trigger);
    add_key_values(dev, "--store", options->store, "A value of the run's store")->needs(trigger);
    add_key_values(dev, "--secret", options->secrets, "A secret of the graph")->needs(graph);
    auto* wait = dev->add_flag("--wait", options->wait,
                               "Follow the run to its end, print it, stop; exit 0 if SUCCESS")
                     ->needs(trigger);
    dev->add_flag("--json", options->json, "The finished run as one JSON document")->needs(wait);
    choose(dev, chosen, options);
}

void add_state_manager(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<app::StateManagerOptions>();
    auto* command =
        add_command(app, "state-manager", "The embedded state manager alone, for several daemons",
                    "exosphered state-manager --listen 0.0.0.0:8000 --data-dir /var/lib/exosphere");
    add_listen(command, options->listen);
    command
        ->add_option("--data-dir", options->data_dir,
                     "Database and keys (default: $STATE_DIRECTORY, the user's state directory)")
        ->type_name("DIR");
    auto* key = add_api_key(command, options->api_key);
    command->add_option("--api-key-file", options->api_key_file, "A file with the API key")
        ->type_name("FILE")
        ->excludes(key);
    command->add_flag(
        "--strict-upstream", options->strict_upstream,
        "Upstream's behaviour also where this one's is better (docs/protocol-deviations.md)");
    choose(command, chosen, options);
}

void add_check(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<CheckOptions>();
    auto* check =
        add_command(app, "check", "Judge a configuration and its plugins: every problem at once",
                    "exosphered check --config /etc/exosphere/exosphered.toml");
    add_config(check, options->config_file);
    check->add_flag("--json", options->json, "One JSON document on standard output");
    choose(check, chosen, options);
}

void add_config_init(CLI::App& app, Chosen& chosen) {
    auto* config = add_command(app, "config", "The configuration", "exosphered config init");
    config->require_subcommand(1);
    auto options = std::make_shared<ConfigInitOptions>();
    auto* init = add_command(*config, "init", "Write the commented reference configuration",
                             "exosphered config init exosphered.toml");
    init->add_option("FILE", options->file, "A new file (default: standard output)");
    choose(init, chosen, options);
}

}  // namespace

void add_daemon_commands(CLI::App& app, Chosen& chosen) {
    add_run(app, chosen);
    add_dev(app, chosen);
    add_state_manager(app, chosen);
    add_check(app, chosen);
    add_config_init(app, chosen);
}

}  // namespace exo::cli
