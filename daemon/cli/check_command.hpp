// check: a configuration, its plugins, and whether its state manager answers. Runs the plugins'
// init(), as the daemon would. Any thread.
#pragma once

#include "cli/documents.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "settings/environment.hpp"

namespace exo::cli {

base::ExitCode run_command(const CheckOptions& options, const settings::Environment& environment,
                           Output output);

// Problems to err, the rest to out. Pure.
base::ExitCode print_report(const CheckReport& report, bool json, Output output);

}  // namespace exo::cli
