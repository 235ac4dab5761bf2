// A run as one JSON document for scripts: the same shape for `runs show`, `runs watch`, `trigger
// --watch` and `dev --wait`. A promise: members are added, never renamed. Pure; any thread.
#pragma once

#include <string>

#include "remote/run_view.hpp"
#include "remote/run_watcher.hpp"

namespace exo::remote {

// `outputs` null: they were not asked for. Ends with a line break.
std::string run_json(const RunView& view, const RunOutputs* outputs);

}  // namespace exo::remote
