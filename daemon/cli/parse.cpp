#include "cli/parse.hpp"

#include <algorithm>

#include "app/version.hpp"
#include "base/nearest.hpp"
#include "base/text_table.hpp"
#include "cli/argv.hpp"

namespace exo::cli {
namespace {

using base::ExitCode;

void declare(CLI::App& app, Chosen& chosen) {
    app.set_version_flag("--version", "exosphered " + std::string(app::version));
    app.require_subcommand(1);
    app.footer(
        "Example:\n"
        "  exosphered dev --plugin-dir build/debug/plugins\n\n"
        "Every command has --help. Exit codes: 0 done, 1 the work failed, 2 usage,\n"
        "69 state manager unreachable, 70 internal, 78 configuration or plugin refused.");
    add_daemon_commands(app, chosen);
    add_plugin_commands(app, chosen);
    add_client_commands(app, chosen);
}

std::vector<std::string> visible_commands(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands({})) {
        if (!command->get_group().empty() && !command->get_name().empty()) {
            names.push_back(command->get_name());
        }
    }
    return names;
}

const CLI::App* find_command(const CLI::App& app, const std::string& name) {
    for (const auto* command : app.get_subcommands({})) {
        if (!name.empty() && command->get_name() == name) return command;
    }
    return nullptr;
}

std::vector<std::string> long_options(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* option : app.get_options()) {
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    }
    for (const auto* group : app.get_subcommands({})) {
        if (!group->get_name().empty()) continue;
        for (auto& name : long_options(*group)) names.push_back(std::move(name));
    }
    return names;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
    const auto best = base::nearest(word, known);
    return best ? " (did you mean \"" + *best + "\"?)" : "";
}

std::string quoted(const std::string& text) {
    return "\"" + base::truncated(base::printable(text), 80) + "\"";
}

Answered mistake(const std::string& command, const std::string& message) {
    return {ExitCode::usage, "", command + ": " + message + "\nSee " + command + " --help\n"};
}

struct Place {
    const CLI::App* app;
    std::string name;    // "exosphered graph"
    std::string parent;  // "exosphered", or "" at the root
};

// Follows the command words as far as they are known. A word that is none is reported here, because
// CLI11 would only call it unexpected.
std::variant<Place, Answered> follow(const CLI::App& root, const std::vector<std::string>& words) {
    Place place{&root, "exosphered", ""};
    for (const auto& word : words) {
        const auto known = visible_commands(*place.app);
        if (known.empty() || word.starts_with('-')) break;
        const auto* next = find_command(*place.app, word);
        if (next == nullptr) {
            return mistake(place.name,
                           "there is no command " + quoted(word) + did_you_mean(word, known));
        }
        place = {next, place.name + " " + word, place.name};
    }
    return place;
}

// The option that CLI11 did not know, with the one that was meant.
std::string unexpected(const CLI::App& app, const std::vector<std::string>& extra) {
    const auto word = extra.empty() ? std::string() : extra.front();
    if (!word.starts_with('-')) return "unexpected argument " + quoted(word);
    const auto name = word.substr(0, word.find('='));  // what follows may be a secret
    return "there is no option " + quoted(name) + did_you_mean(name, long_options(app));
}

}  // namespace

settings::Environment read_environment(const Lookup& lookup) {
    const auto get = [&](const char* name) { return lookup(name).value_or(""); };
    return {.state_manager_uri = get("EXOSPHERE_STATE_MANAGER_URI"),
            .api_key = get("EXOSPHERE_API_KEY"),
            .log_level = get("EXOSPHERE_LOG_LEVEL"),
            .credentials_directory = get("CREDENTIALS_DIRECTORY"),
            .state_directory = get("STATE_DIRECTORY"),
            .cache_directory = get("CACHE_DIRECTORY"),
            .runtime_directory = get("RUNTIME_DIRECTORY"),
            .notify_socket = get("NOTIFY_SOCKET"),
            .watchdog_usec = get("WATCHDOG_USEC"),
            .xdg_state_home = get("XDG_STATE_HOME"),
            .xdg_cache_home = get("XDG_CACHE_HOME"),
            .xdg_runtime_dir = get("XDG_RUNTIME_DIR"),
            .home = get("HOME"),
            .no_color = get("NO_COLOR"),
            .term = get("TERM")};
}

std::variant<Command, Answered> parse(std::vector<std::string> arguments, const Lookup& lookup) {
    CLI::App app("exosphered runs nodes written in C and C++ for Exosphere workflows.",
                 "exosphered");
    Chosen chosen{.command = std::nullopt, .lookup = &lookup};
    declare(app, chosen);
    const bool for_root = !arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h" ||
                                                 arguments[0] == "--version");
    if (!for_root && (arguments.empty() || arguments[0].starts_with('-'))) {
        arguments.insert(arguments.begin(), "run");
    }
    auto followed = follow(app, arguments);
    if (auto* answered = std::get_if<Answered>(&followed)) return std::move(*answered);
    const auto place = std::get<Place>(followed);
    try {
        std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
        app.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
        return Answered{ExitCode::done, place.app->help(place.parent), ""};
    } catch (const CLI::CallForVersion& call) {
        return Answered{ExitCode::done, std::string(call.what()) + "\n", ""};
    } catch (const CLI::ExtrasError&) {
        return mistake(place.name, unexpected(*place.app, app.remaining(true)));
    } catch (const CLI::ParseError& error) {
        return mistake(place.name, base::printable(error.what()));
    }
    if (!chosen.command) return mistake(place.name, "a command is missing");
    return std::move(*chosen.command);
}

std::vector<std::string> command_names() {
    CLI::App app;
    const Lookup none = [](const std::string&) { return std::nullopt; };
    Chosen chosen{.command = std::nullopt, .lookup = &none};
    declare(app, chosen);
    std::vector<std::string> names;
    for (const auto& name : visible_commands(app)) {
        const auto inner = visible_commands(*app.get_subcommand(name));
        for (const auto& sub : inner) names.push_back(name + " " + sub);
        if (inner.empty()) names.push_back(name);
    }
    return names;
}

}  // namespace exo::cli
