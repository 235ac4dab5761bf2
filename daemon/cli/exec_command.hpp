// exec: runs one node of a plugin directory here, as a worker would, without any state manager.
// Exit codes: done (executed, prune, re-enqueue-after), failed (errored, timed out), usage (no such
// node, wrong inputs), refused (the node's plugin). Any thread.
#pragma once

#include "base/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "plugin/probe.hpp"
#include "settings/environment.hpp"

namespace exo::cli {

// The outcome goes to output.out, as text or one JSON document; what the node logs to output.err,
// with --json into the document. If the node hangs although it was cancelled, it is reported and
// the process ended here with _exit(), because its code still runs.
base::ExitCode run_command(const ExecOptions& options, const settings::Environment& environment,
                           Output output, plugin::ProbeCommand probe = {});

}  // namespace exo::cli
