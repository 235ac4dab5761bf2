// What the settings leave open, decided from the environment: the API key and where files live.
// Reads key files; any thread.
#pragma once

#include <string>

#include "base/error.hpp"
#include "settings/environment.hpp"
#include "settings/settings.hpp"

namespace exo::settings {

struct ApiKey {
    std::string value;    // never printed
    std::string origin;   // for messages: "file /etc/exosphere/api-key", "EXOSPHERE_API_KEY"
    std::string warning;  // not empty: others can read the file, and how to mend that
};

// The first of: api_key_file, api_key, EXOSPHERE_API_KEY, the systemd credential "api-key". A
// source that is named but unusable is an error, not skipped. Called again after a 401: files are
// re-read.
base::Result<ApiKey> find_api_key(const StateManager& settings, const Environment& environment);

// One key file: a trailing line break is cut off; empty files are refused.
base::Result<ApiKey> read_api_key_file(const std::string& path);

std::string runtime_name(const Runtime& runtime);  // or the host name
unsigned worker_count(const Runtime& runtime);     // or the number of cores, at least 1

// Absolute or as configured. systemd's directories first, then XDG's, then those under HOME; the
// error says which settings and variables were looked at. Nothing is created here.
base::Result<std::string> journal_path(const Settings& settings, const Environment& environment);
base::Result<std::string> data_directory(const Embedded& settings, const Environment& environment);
base::Result<std::string> cache_directory(const Plugins& settings, const Environment& environment);

}  // namespace exo::settings
