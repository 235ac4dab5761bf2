// Graph templates between JSON and values: as they come over the wire (checked before) and as they
// are stored. Only .cpp files of embedded/ include this. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "embedded/graph_template.hpp"
#include "embedded/json.hpp"
#include "embedded/next_states.hpp"

namespace exo::embedded {

// `value` has passed the body's checks.
GraphTemplate template_from_json(const json::Value& value);
std::string template_to_json(const GraphTemplate& graph);  // as stored
GraphTemplate template_from_text(std::string_view stored);

// The members nodes, retry_policy, store_config and triggers of an open object.
void write_template(json::Writer& writer, const GraphTemplate& graph);

TextPairs text_pairs(const json::Value& object);               // {"a":"b"}
std::vector<std::string> text_list(const json::Value& array);  // ["a"]
std::vector<std::string> text_list_from(std::string_view stored);
std::string text_list_to_json(const std::vector<std::string>& texts);
std::string text_pairs_to_json(const TextPairs& pairs);

OutputFields output_fields(const json::Value& object);
OutputFields output_fields_from(std::string_view stored);

}  // namespace exo::embedded
