// Exit codes only: the command line is parsed in cli/, answered there or handed to a command.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "cli/check_command.hpp"
#include "cli/client_command.hpp"
#include "cli/config_command.hpp"
#include "cli/exec_command.hpp"
#include "cli/graph_command.hpp"
#include "cli/nodes_command.hpp"
#include "cli/parse.hpp"
#include "cli/runs_command.hpp"
#include "plugin/probe.hpp"

namespace {

using namespace exo;

std::optional<std::string> variable(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

int perform(const cli::Command& command) {
    const auto environment = cli::read_environment(variable);
    const cli::Output output{
        std::cout, std::cerr,
        base::inspect_terminal(STDOUT_FILENO, environment.no_color, environment.term)};
    return std::visit(
        Overloaded{
            [&](const app::RunOptions& o) { return app::run(o, environment); },
            [&](const app::DevOptions& o) { return app::dev(o, environment); },
            [&](const app::StateManagerOptions& o) { return app::state_manager(o, environment); },
            [&](const cli::CheckOptions& o) {
                return base::to_int(cli::run_command(o, environment, output));
            },
            [&](const cli::NodesOptions& o) {
                return base::to_int(cli::run_command(o, environment, output));
            },
            [&](const cli::ExecOptions& o) {
                return base::to_int(cli::run_command(o, environment, output));
            },
            [&](const cli::ConfigInitOptions& o) {
                return base::to_int(cli::run_command(o, output));
            },
            [&](const cli::ProbePluginOptions& o) -> int { plugin::answer_probe(o.file); },
            [&](const auto& o) { return base::to_int(cli::run_client(o, environment, output)); },
        },
        command);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto parsed = cli::parse({argv + 1, argv + argc}, variable);
        if (const auto* answered = std::get_if<cli::Answered>(&parsed)) {
            std::cout << answered->out << std::flush;
            std::cerr << answered->err;
            return base::to_int(answered->code);
        }
        return perform(std::get<cli::Command>(parsed));
    } catch (const std::exception& error) {
        std::cerr << "exosphered: bug: " << error.what() << '\n';
        return base::to_int(base::ExitCode::internal);
    }
}
