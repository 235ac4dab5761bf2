// The log of commands that have no configuration file: text on stderr.
#pragma once

#include <string>

#include "base/error.hpp"
#include "base/log.hpp"

namespace exo::app {

// "" = info.
inline base::Result<base::Log> plain_log(const std::string& level) {
    const auto parsed = level.empty() ? base::LogLevel::info : base::log_level_of(level);
    if (!parsed)
        return base::fail("log level must be trace, debug, info, warn or error, not \"" + level +
                          "\"");
    return base::Log::to_stderr(*parsed, base::LogFormat::text);
}

}  // namespace exo::app
