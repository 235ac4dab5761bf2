// A graph template in a file -> the body of PUT graph. What the server judges is left to the
// server; here only what would be a riddle there. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "remote/operator_types.hpp"

namespace exo::remote {

// "config/graphs/word-count.json" -> "word-count".
std::string graph_name_of(std::string_view path);

// `text` with `secrets` put in (a given one wins) and `namespace_name` filled in for nodes that
// name none. Errors begin with `file` and the place.
base::Result<std::string> graph_body(const std::string& file, std::string_view text,
                                     const KeyValues& secrets, const std::string& namespace_name);

}  // namespace exo::remote
