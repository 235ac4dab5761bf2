// The configuration explained, made from the key table: config/exosphered.toml (`exosphered config
// init`) and the table in docs/configuration.md. Pure; any thread.
#pragma once

#include <string>

namespace exo::settings {

std::string reference_toml();
std::string reference_markdown();

}  // namespace exo::settings
