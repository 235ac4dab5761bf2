#include "cli/entry.hpp"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>

#include "app/options.hpp"
#include "cli/check_command.hpp"
#include "cli/client_command.hpp"
#include "cli/config_command.hpp"
#include "cli/exec_command.hpp"
#include "cli/graph_command.hpp"
#include "cli/nodes_command.hpp"
#include "cli/parse.hpp"
#include "cli/runs_command.hpp"
#include "plugin/probe.hpp"

namespace exo::cli {
namespace {

using base::to_int;

// The only place that reads the environment.
std::optional<std::string> environment_variable(const std::string& name) {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): one thread yet
    if (value == nullptr) return std::nullopt;
    return value;
}

class Dispatch {
  public:
    Dispatch(const settings::Environment& environment, Output output)
        : environment_(environment), output_(output) {}

    int operator()(const app::RunOptions& options) const { return app::run(options, environment_); }
    int operator()(const app::DevOptions& options) const { return app::dev(options, environment_); }
    int operator()(const app::StateManagerOptions& options) const {
        return app::state_manager(options, environment_);
    }
    int operator()(const CheckOptions& options) const {
        return to_int(run_command(options, environment_, output_));
    }
    int operator()(const NodesOptions& options) const {
        return to_int(run_command(options, environment_, output_));
    }
    int operator()(const ExecOptions& options) const {
        return to_int(run_command(options, environment_, output_));
    }
    int operator()(const ConfigInitOptions& options) const {
        return to_int(run_command(options, output_));
    }
    int operator()(const ProbePluginOptions& options) const { plugin::answer_probe(options.file); }
    template <class ClientCommand>
    int operator()(const ClientCommand& options) const {
        return to_int(run_client(options, environment_, output_));
    }

  private:
    const settings::Environment& environment_;
    Output output_;
};

}  // namespace

int run_command_line(std::vector<std::string> arguments) {
    const auto environment = read_environment(environment_variable);
    Output output{std::cout, std::cerr,
                  base::inspect_terminal(STDOUT_FILENO, environment.no_color, environment.term)};
    const auto parsed = parse(std::move(arguments), environment_variable);
    if (const auto* answered = std::get_if<Answered>(&parsed)) {
        output.out << answered->out;
        output.err << answered->err;
        return to_int(answered->code);
    }
    const int code = std::visit(Dispatch(environment, output), std::get<Command>(parsed));
    // A result that could not be written (a full disk, a closed pipe) is no result.
    output.out.flush();
    if (!output.out) {
        return to_int(
            complain(output, base::ExitCode::failed, "cannot write to the standard output"));
    }
    return code;
}

}  // namespace exo::cli
