// nodes: what the plugins of a directory would register, and which of them were refused. Exit
// codes: done, refused (a plugin, the directory or the configuration). Any thread.
#pragma once

#include "base/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "plugin/probe.hpp"
#include "settings/environment.hpp"

namespace exo::cli {

base::ExitCode run_command(const NodesOptions& options, const settings::Environment& environment,
                           Output output, plugin::ProbeCommand probe = {});

}  // namespace exo::cli
