// The validated configuration: immutable values, one struct per TOML table. Read from TOML in
// settings/load, and nowhere else. Defaults stand here; config/exosphered.toml and
// docs/configuration.md list the same.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"

namespace exo::settings {

using Millis = std::chrono::milliseconds;

enum class OnStop { hand_back, keep };
enum class Isolation { none, process };
enum class Durability { process, power };

struct Runtime {
    std::string namespace_name;  // key "namespace", required
    std::string name;            // "" = host name
    unsigned workers = 0;        // 0 = cores
    unsigned batch_size = 256;
    unsigned max_async = 10'000;
    Millis poll_interval{1'000};
    Millis drain_timeout{30'000};
    OnStop on_stop = OnStop::hand_back;
    friend bool operator==(const Runtime&, const Runtime&) = default;
};

struct Tls {
    std::string ca_file, cert_file, key_file;
    friend bool operator==(const Tls&, const Tls&) = default;
};

struct StateManager {
    std::string uri = "http://127.0.0.1:8000";  // or "embedded"
    std::string api_key_file;
    std::string api_key;  // accepted only if the file is not readable by others
    unsigned connections = 64;
    Millis request_timeout{30'000};
    Tls tls;
    friend bool operator==(const StateManager&, const StateManager&) = default;
};

struct Plugins {
    std::string directory = "/usr/lib/exosphere/plugins";
    bool watch = true;
    Isolation isolation = Isolation::none;
    std::vector<std::string> sha256;
    std::string cache_directory;
    bool allow_breaking_schemas = false;
    std::map<std::string, std::map<std::string, std::string>>
        config;  // [plugins.NAME]: handed to that plugin
    friend bool operator==(const Plugins&, const Plugins&) = default;
};

struct Node {
    bool enabled = true;
    std::optional<unsigned> max_concurrency;
    std::optional<Millis> timeout;
    std::optional<Isolation> isolation;
    std::optional<std::uint64_t> memory_bytes;
    friend bool operator==(const Node&, const Node&) = default;
};

struct Journal {
    std::string path;
    Durability durability = Durability::process;
    unsigned max_interruptions = 3;
    friend bool operator==(const Journal&, const Journal&) = default;
};

struct Admin {
    std::string listen;  // "" = unix socket in $RUNTIME_DIRECTORY; "off"
    friend bool operator==(const Admin&, const Admin&) = default;
};

struct Logging {
    base::LogLevel level = base::LogLevel::info;
    base::LogFormat format = base::LogFormat::text;
    friend bool operator==(const Logging&, const Logging&) = default;
};

struct Embedded {
    std::string listen = "127.0.0.1:8000";
    std::string data_dir;
    Durability durability = Durability::power;
    std::optional<Millis> retention;
    friend bool operator==(const Embedded&, const Embedded&) = default;
};

struct Settings {
    Runtime runtime;
    StateManager state_manager;
    Plugins plugins;
    std::map<std::string, Node> nodes;
    Journal journal;
    Admin admin;
    Logging log;
    Embedded embedded;
    friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace exo::settings
