// The pieces that the command families share to declare their arguments. Only for cli/*.cpp: it
// drags CLI11 in.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "cli/options.hpp"
#include "cli/parse.hpp"

namespace exo::cli {

// What the chosen command's callback leaves behind.
struct Chosen {
    std::optional<Command> command;
    const Lookup* lookup = nullptr;
};

// A mistake in the command line that CLI11 cannot see.
[[noreturn]] void refuse(const std::string& message);

// `example` is shown under the help, one command a line.
CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& doc,
                      const std::string& example);

// Options of the command are kept alive by its callback.
template <class Options>
void choose(CLI::App* command, Chosen& chosen, std::shared_ptr<Options> options) {
    command->callback([&chosen, options] { chosen.command = *options; });
}

CLI::Option* add_key_values(CLI::App* command, const std::string& flags, KeyValues& target,
                            const std::string& doc);
// k=VAR: the value comes from the environment variable VAR.
CLI::Option* add_key_variables(CLI::App* command, const std::string& flags, KeyValues& target,
                               const Lookup& lookup, const std::string& doc);
CLI::Option* add_name(CLI::App* command, const std::string& flags, const std::string& what,
                      std::string& target, const std::string& doc);
CLI::Option* add_listen(CLI::App* command, std::string& target);
CLI::Option* add_api_key(CLI::App* command, std::string& target);

void add_client_options(CLI::App* command, ClientOptions& target);

// The families.
void add_daemon_commands(CLI::App& app, Chosen& chosen);  // run, dev, state-manager, config, check
void add_plugin_commands(CLI::App& app, Chosen& chosen);  // nodes, exec, probe-plugin
void add_client_commands(CLI::App& app, Chosen& chosen);  // graph, trigger, runs

}  // namespace exo::cli
