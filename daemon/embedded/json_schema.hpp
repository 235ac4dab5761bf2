// What the state manager needs of a node's JSON schema: its field names, and whether each is
// exactly a string. Values are never checked against it. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace exo::embedded {

struct SchemaField {
    std::string name;
    bool is_string = false;
    friend bool operator==(const SchemaField&, const SchemaField&) = default;
};

// Fields in the order of `properties`. The error is what a graph that uses the node is told.
base::Result<std::vector<SchemaField>> read_schema_fields(std::string_view schema_json);

}  // namespace exo::embedded
