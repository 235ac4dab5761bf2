// config init: the commented reference configuration. Any thread.
#pragma once

#include "cli/options.hpp"
#include "cli/output.hpp"

namespace exo::cli {

base::ExitCode run_command(const ConfigInitOptions& options, Output output);

}  // namespace exo::cli
