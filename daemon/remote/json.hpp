// RapidJSON with the bounds that foreign text needs. Only for .cpp files of remote/ and cli/.
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace exo::remote {

using Json = rapidjson::Value;

// UTF-8, at most 200 levels deep. The error is "line 3, column 5: Missing a comma or }...".
base::Result<> parse_json(std::string_view text, rapidjson::Document& document);

// A member, or null if `value` is no object or has none of that name.
const Json* find_member(const Json& value, std::string_view name);
std::string string_member(const Json& value, std::string_view name);  // "" if absent or no string
std::string to_string(const Json& string);
std::string to_json_text(const Json& value);  // compact

}  // namespace exo::remote
