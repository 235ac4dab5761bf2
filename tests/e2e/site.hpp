// A place for end-to-end tests: a stub state manager, a configuration file, the real daemon.
#pragma once

#include <signal.h>

#include <memory>
#include <string>

#include "support/process.hpp"
#include "support/stub_state_manager.hpp"
#include "support/temp_dir.hpp"

namespace exo::test {

constexpr const char* planted_key = "planted-api-key-0123456789";

inline std::string id(int n) {
    auto digits = std::to_string(n);
    return std::string(24 - digits.size(), '0') + digits;
}

struct Site {
    TempDir dir;
    StubStateManager stub;
    std::string plugins = EXO_E2E_PLUGINS;
    std::string extra;          // more TOML, after the tables below
    std::string runtime;        // more lines of [runtime]
    std::string state_manager;  // more lines of [state_manager]
    std::string uri;            // "" = the stub's
    std::unique_ptr<Process> daemon;

    Site() { stub.require_key(planted_key); }

    std::string write_config() {
        dir.write("api-key", std::string(planted_key) + "\n");
        return dir.write(
            "exosphered.toml",
            "[runtime]\nnamespace = \"ns\"\nname = \"rt\"\nworkers = 2\npoll_interval = "
            "\"50ms\"\n" +
                runtime + "[state_manager]\nuri = \"" + (uri.empty() ? stub.uri() : uri) +
                "\"\napi_key_file = \"" + dir.path() + "/api-key\"\n" + state_manager +
                "[plugins]\ndirectory = \"" + plugins + "\"\ncache_directory = \"" + dir.path() +
                "/cache\"\n" + extra);
    }
    Process& start() {
        daemon = std::make_unique<Process>(
            std::vector<std::string>{EXOSPHERED, "run", "--config", write_config()});
        return *daemon;
    }
    // SIGTERM; the exit code.
    int stop() {
        daemon->send(SIGTERM);
        return daemon->exit_code();
    }
};

}  // namespace exo::test
