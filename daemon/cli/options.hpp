// What a command line asks for, one struct per command: final values, checked as far as words go.
// Plain values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/options.hpp"

namespace exo::cli {

using KeyValues = app::KeyValues;  // `k=@FILE` is already the file's content

// Where the state manager is, for every client command. Empty: see cli/connection.hpp.
struct ClientOptions {
    std::string uri, api_key, api_key_file, namespace_name, config_file;
    bool json = false;
};

struct CheckOptions {
    std::string config_file = "/etc/exosphere/exosphered.toml";
    bool json = false;
};

struct NodesOptions {  // one of the two
    std::string plugin_dir, config_file;
    bool json = false;
};

struct ExecOptions {
    std::string node, plugin_dir;
    KeyValues inputs, secrets;
    std::optional<std::chrono::milliseconds> timeout;
    bool json = false;
};

struct GraphApplyOptions {
    ClientOptions client;
    std::string file, name;  // name: --name, else the file's
    KeyValues secrets;
    std::chrono::milliseconds patience{60'000};  // while the graph is PENDING
};

struct GraphShowOptions {
    ClientOptions client;
    std::string name;
};

struct GraphListOptions {
    ClientOptions client;
};

struct TriggerOptions {
    ClientOptions client;
    std::string graph;
    KeyValues inputs, store;
    bool watch = false;
};

struct RunsListOptions {
    ClientOptions client;
    std::int64_t page = 1, size = 20;
};

struct RunsShowOptions {
    ClientOptions client;
    std::string run_id;
    bool outputs = false;
};

struct RunsWatchOptions {
    ClientOptions client;
    std::string run_id;
};

struct ConfigInitOptions {
    std::string file;  // "" = standard output
};

struct ProbePluginOptions {
    std::string file;
};

using Command =
    std::variant<app::RunOptions, app::DevOptions, app::StateManagerOptions, CheckOptions,
                 NodesOptions, ExecOptions, GraphApplyOptions, GraphShowOptions, GraphListOptions,
                 TriggerOptions, RunsListOptions, RunsShowOptions, RunsWatchOptions,
                 ConfigInitOptions, ProbePluginOptions>;

}  // namespace exo::cli
