// The JSON documents of --json, for scripts. A promise: members are added, never renamed. Each ends
// with a line break. Pure; any thread. (A run's document is in remote/run_json.hpp.)
#pragma once

#include <string>
#include <vector>

#include "remote/operator_types.hpp"
#include "settings/load.hpp"

namespace exo::cli {

std::string graph_json(const remote::GraphTemplate& graph, const std::string& namespace_name);
std::string graphs_json(const std::vector<remote::GraphTemplate>& graphs,
                        const std::string& namespace_name);
std::string runs_json(const remote::RunsPage& page, const std::string& namespace_name);
std::string trigger_json(const std::string& run_id, const std::string& graph_name);
std::string indented(const std::string& json);  // a server's own document; valid JSON

struct CheckedPlugin {
    std::string file, name;  // name: empty if it was refused
    std::vector<std::string> nodes;
    std::string problem;  // empty if it can serve
};
struct CheckReport {
    std::string file;
    settings::Problems problems;
    std::vector<CheckedPlugin> plugins;
    std::vector<std::string> warnings;

    bool ok() const;
};
std::string check_json(const CheckReport& report);

}  // namespace exo::cli
