// argv -> Command. Every mistake is one clear text with the nearest right word, and exit code 2.
// Reads files for `k=@FILE`; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/exit_code.hpp"
#include "cli/options.hpp"
#include "settings/environment.hpp"

namespace exo::cli {

// An environment variable; none if it is not set.
using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

settings::Environment read_environment(const Lookup& lookup);

// The command line is already answered: --help, --version, or a mistake.
struct Answered {
    base::ExitCode code = base::ExitCode::done;
    std::string out, err;
};

// `arguments` without the program's name. No command at all means `run`.
std::variant<Command, Answered> parse(std::vector<std::string> arguments, const Lookup& lookup);

// Every command as it is typed ("graph apply"), hidden ones left out.
std::vector<std::string> command_names();

}  // namespace exo::cli
