// Whether a text is one JSON object. Prune data is handed through as text, so only its form is
// judged here: a reader without a document, iterative, bounded. The one place in this folder that
// knows JSON. Any thread.
#pragma once

#include <string_view>

namespace exo::plugin {

// Well-formed UTF-8 JSON, an object, nested at most 100 deep (MongoDB's limit).
bool is_json_object(std::string_view text);

}  // namespace exo::plugin
