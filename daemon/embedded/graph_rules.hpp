// What a graph template must fulfil before it is stored: the texts of single fields (422) and of
// the template as a whole (400), word for word upstream's. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "embedded/graph_template.hpp"

namespace exo::embedded {

// ---- single fields: what is wrong, or nothing
std::optional<std::string> node_name_error(std::string_view name);
std::optional<std::string> identifier_error(std::string_view identifier);
std::optional<std::string> next_nodes_error(const std::vector<std::string>& next_nodes);
std::optional<std::string> unites_error(std::string_view identifier);
std::optional<std::string> store_keys_error(const std::vector<std::string>& keys);

// Names and identifiers are stored trimmed, as they were checked.
GraphTemplate trimmed(GraphTemplate graph);

// ---- the template as a whole. `graph` is trimmed. Empty: it may be stored.
std::vector<std::string> template_errors(std::string_view name, std::string_view namespace_name,
                                         const std::vector<std::string>& secret_names,
                                         const GraphTemplate& graph);

// The ancestor sets need memory with the square of the number of nodes.
constexpr std::size_t most_nodes = 10'000;

}  // namespace exo::embedded
