#include "cli/check_command.hpp"

#include <algorithm>
#include <ostream>

#include "base/nearest.hpp"
#include "base/text_table.hpp"
#include "cli/client_command.hpp"
#include "cli/local_plugins.hpp"
#include "settings/load.hpp"
#include "settings/resolve.hpp"

namespace exo::cli {
namespace {

using base::ExitCode;

void add_problem(CheckReport& report, std::string message) {
    report.problems.push_back({.file = report.file, .message = std::move(message)});
}

std::vector<std::string> node_names(const plugin::Plugin& plugin) {
    std::vector<std::string> names;
    for (const auto& node : plugin.nodes()) names.push_back(node->schema().name);
    return names;
}

// False: code of a plugin still runs, and the process can only be left in a hurry.
bool check_plugins(const settings::Settings& settings, const settings::Environment& environment,
                   CheckReport& report) {
    const auto ignore = [](const plugin::PluginLine&) {};
    auto plugins = LocalPlugins::open(settings.plugins, environment, {}, ignore);
    if (!plugins) {
        add_problem(report, plugins.error().message);
        return true;
    }
    for (const auto& plugin : (*plugins)->registry().plugins()) {
        report.plugins.push_back(
            {plugin->library().file.string(), plugin->name(), node_names(*plugin), ""});
    }
    for (const auto& refused : (*plugins)->registry().refused()) {
        report.plugins.push_back({refused.file.string(), "", {}, refused.reason});
    }
    if ((*plugins)->close()) return true;
    (void)plugins->release();  // destroying it would wait for that code
    return false;
}

void check_nodes(const settings::Settings& settings, CheckReport& report) {
    std::vector<std::string> known;
    for (const auto& plugin : report.plugins) {
        known.insert(known.end(), plugin.nodes.begin(), plugin.nodes.end());
    }
    if (!report.problems.empty()) return;  // the directory could not be read
    if (known.empty()) {
        report.warnings.push_back("no plugin in " + settings.plugins.directory + " brings a node");
    }
    for (const auto& [name, node] : settings.nodes) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        const auto meant = base::nearest(name, known);
        report.warnings.push_back("no plugin brings the node " + name + " of [nodes]" +
                                  (meant ? " (did you mean \"" + *meant + "\"?)" : ""));
    }
}

boost::asio::awaitable<ExitCode> ask_server(remote::OperatorClient& client, CheckReport& report) {
    if (auto health = co_await client.health(); !health) {
        report.warnings.push_back(health.error().message);
    } else if (auto namespaces = co_await client.namespaces(); !namespaces) {
        report.warnings.push_back(namespaces.error().message);  // the key is judged here
    }
    co_return ExitCode::done;
}

void check_server(const CheckOptions& options, const settings::Settings& settings,
                  const settings::Environment& environment, CheckReport& report) {
    if (settings.state_manager.uri == "embedded") return;  // runs only when the daemon does
    auto connection = find_connection({.config_file = options.config_file}, environment);
    if (!connection) {
        // The key may be one that only the service's user, or systemd, can read.
        report.warnings.push_back(connection.error().message);
        return;
    }
    if (!connection->warning.empty()) report.warnings.push_back(connection->warning);
    connection->timeout = std::chrono::seconds(5);
    boost::asio::io_context io(1);
    const auto client = open_client(io.get_executor(), *connection);
    if (!client) {
        add_problem(report, client.error().message);
        return;
    }
    block_on(io, ask_server(**client, report));
}

}  // namespace

ExitCode print_report(const CheckReport& report, bool json, Output output) {
    const auto code = report.ok() ? ExitCode::done : ExitCode::refused;
    if (json) {
        output.out << check_json(report);
        return code;
    }
    for (const auto& problem : report.problems) {
        output.err << base::printable(problem.text()) << "\n";
    }
    for (const auto& plugin : report.plugins) {
        if (!plugin.problem.empty()) {
            output.err << base::printable(plugin.file + ": " + plugin.problem) << "\n";
            continue;
        }
        std::string nodes;
        for (const auto& node : plugin.nodes) nodes += (nodes.empty() ? "" : ", ") + node;
        output.out << base::printable(plugin.file + ": plugin " + plugin.name + ", nodes " + nodes)
                   << "\n";
    }
    for (const auto& warning : report.warnings) {
        output.err << "warning: " << base::printable(warning) << "\n";
    }
    if (report.ok()) output.out << base::printable(report.file) << ": good\n";
    return code;
}

ExitCode run_command(const CheckOptions& options, const settings::Environment& environment,
                     Output output) {
    CheckReport report{.file = options.config_file};
    bool ended = true;
    if (auto loaded = settings::load_file(options.config_file, environment); !loaded) {
        report.problems = loaded.error();
    } else {
        ended = check_plugins(*loaded, environment, report);
        check_nodes(*loaded, report);
        check_server(options, *loaded, environment, report);
    }
    const auto code = print_report(report, options.json, output);
    if (!ended) LocalPlugins::leave_in_a_hurry(output, code);
    return code;
}

}  // namespace exo::cli
