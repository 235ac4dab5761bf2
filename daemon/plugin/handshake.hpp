// Reads what a plugin says about itself, and refuses it for anything out of order, before any other
// call into it. Runs no code of the plugin. Follows foreign pointers: a garbage one crashes, which
// is why probe.hpp does this in a child process first. Any thread.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "exosphere/abi.h"
#include "model/node_schema.hpp"

namespace exo::plugin {

struct DeclaredNode {
    model::NodeSchema schema;
    const exo_node* abi = nullptr;  // the plugin's, immutable, valid while it is loaded
};

struct Declaration {
    const exo_plugin* abi = nullptr;
    std::string name, version, built_with;
    std::vector<DeclaredNode> nodes;
};

// Sane bounds, far above any real plugin.
constexpr std::size_t most_nodes = 1024;
constexpr std::size_t most_fields = 1024;

// The error is one clause that follows the file's name: "declares node \"A\" twice".
base::Result<Declaration> read_declaration(const exo_plugin* plugin);

}  // namespace exo::plugin
