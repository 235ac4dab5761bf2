// Whether a stored graph template can run: its nodes are registered, its inputs are there and are
// strings, its secrets are given (VALID or INVALID). Pure; any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "embedded/graph_template.hpp"
#include "embedded/json_schema.hpp"

namespace exo::embedded {

struct RegisteredNode {
    base::Result<std::vector<SchemaField>> inputs, outputs;
    std::vector<std::string> secrets;
};

// Null if no such node is registered.
using FindRegisteredNode = std::function<const RegisteredNode*(const std::string& namespace_name,
                                                               const std::string& name)>;

// validation_errors; empty = VALID. Upstream gives some of them in no certain order; here they
// follow the template.
std::vector<std::string> validation_errors(const GraphTemplate& graph,
                                           const std::vector<std::string>& secret_names,
                                           const FindRegisteredNode& find);

}  // namespace exo::embedded
