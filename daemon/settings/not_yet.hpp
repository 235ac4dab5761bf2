// Settings that are accepted and checked but have no effect yet. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "settings/settings.hpp"

namespace exo::settings {

// Those that differ from their default, as "table.key": a daemon that silently ignored, say,
// isolation would mislead.
std::vector<std::string> without_effect(const Settings& settings);

}  // namespace exo::settings
