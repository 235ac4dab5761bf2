// The environment variables that mean something to exosphered, read once by cli/ and handed down:
// nothing below calls getenv. Unset and empty are the same. Plain values, any thread.
#pragma once

#include <string>

namespace exo::settings {

struct Environment {
    std::string state_manager_uri;      // EXOSPHERE_STATE_MANAGER_URI
    std::string api_key;                // EXOSPHERE_API_KEY; never printed
    std::string log_level;              // EXOSPHERE_LOG_LEVEL
    std::string credentials_directory;  // CREDENTIALS_DIRECTORY (systemd LoadCredential=)
    std::string state_directory;        // STATE_DIRECTORY (systemd StateDirectory=)
    std::string cache_directory;        // CACHE_DIRECTORY
    std::string runtime_directory;      // RUNTIME_DIRECTORY
    std::string notify_socket;          // NOTIFY_SOCKET
    std::string watchdog_usec;          // WATCHDOG_USEC
    std::string xdg_state_home, xdg_cache_home, xdg_runtime_dir;  // XDG_*
    std::string home;                                             // HOME
    std::string no_color;                                         // NO_COLOR
    std::string term;                                             // TERM
};

}  // namespace exo::settings
