// What operators say to a state manager and hear from it, as JSON. Bounded in depth; nothing in an
// answer is trusted. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "remote/operator_types.hpp"

namespace exo::remote {

// Each error says what is missing or of the wrong kind.
base::Result<std::vector<std::string>> read_namespaces(std::string_view json);
base::Result<std::vector<RegisteredNode>> read_nodes(std::string_view json);
base::Result<GraphTemplate> read_graph(std::string_view json);
base::Result<std::vector<GraphTemplate>> read_graphs(std::string_view json);
base::Result<std::string> read_run_id(std::string_view json);
base::Result<RunsPage> read_runs(std::string_view json);
base::Result<RunGraph> read_run_graph(std::string_view json);
base::Result<NodeDetails> read_node_details(std::string_view json);
base::Result<> read_health(std::string_view json);

// The text of an error answer, without the wrapping of the server's framework; one problem a line.
// Empty if this is no error answer of a state manager.
std::string read_detail(std::string_view json);

std::string write_trigger(const KeyValues& inputs, const KeyValues& store);

}  // namespace exo::remote
