// What the command line asks of the daemon, and the three ways to run it. Filled by cli/,
// implemented in app/. Values are final: cli/ has already read `k=@FILE`.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "settings/environment.hpp"

namespace exo::app {

using KeyValues = std::vector<std::pair<std::string, std::string>>;  // in the order given

// exosphered run
struct RunOptions {
    std::string config_file = "/etc/exosphere/exosphered.toml";
};

// exosphered dev: embedded state manager and worker in one process, no config file
struct DevOptions {
    std::string plugin_dir;  // "" = the installed plugins
    std::string listen = "127.0.0.1:8000";
    std::string data_dir;                    // "" = the user's state directory
    std::string api_key;                     // "" = environment, else made and kept in data_dir
    std::string namespace_name = "default";  // also fills in nodes of the graph that name none
    std::string graph_file;                  // "" = none
    std::string graph_name;                  // "" = the file's name without ".json"
    KeyValues secrets;                       // into the graph's secrets
    bool trigger = false;                    // needs graph_file
    KeyValues inputs, store;                 // of the trigger
    bool wait = false;  // needs trigger: follow the run, print it, end; 0 if SUCCESS, 1 if not
    bool json = false;  // with wait: the finished run as one JSON document on stdout
};

// exosphered state-manager: the embedded state manager alone
struct StateManagerOptions {
    std::string listen = "127.0.0.1:8000";
    std::string data_dir;          // "" = $STATE_DIRECTORY/state-manager, else the user's
    std::string api_key;           // at most one of the two; "" and "" = environment, else made
    std::string api_key_file;      //
    bool strict_upstream = false;  // see docs/protocol-deviations.md
};

// Each returns a base::ExitCode as int. They print their own one-line errors to stderr.
int run(const RunOptions& options, const settings::Environment& environment);
int dev(const DevOptions& options, const settings::Environment& environment);
int state_manager(const StateManagerOptions& options, const settings::Environment& environment);

}  // namespace exo::app
