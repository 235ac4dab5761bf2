// How nodes are described to a state manager: the body of PUT nodes/, shaped as the Python SDK's,
// so that dashboards and graph validation see no difference. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/node_schema.hpp"

namespace exo::protocol {

// {"runtime_name","runtime_namespace","nodes":[...]}
std::string encode_registration(std::string_view runtime_name, std::string_view namespace_name,
                                std::span<const model::NodeSchema> nodes);

// One element of "nodes": {"name","namespace","inputs_schema","outputs_schema","secrets"}.
std::string encode_node(std::string_view namespace_name, const model::NodeSchema& node);

// As pydantic makes titles of field names: "user_id" -> "User Id".
std::string title_of(std::string_view field_name);

}  // namespace exo::protocol
