// RapidJSON with the bounds that foreign text needs: no recursion, valid UTF-8, bounded depth. Only
// for .cpp files of protocol/.
#pragma once

#include <rapidjson/document.h>

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace exo::protocol {

using Json = rapidjson::Value;

constexpr std::size_t max_depth = 200;
constexpr unsigned json_parse_flags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

bool is_too_deep(std::string_view text);

// "not JSON: Invalid value. (at byte 12)", "nested deeper than 200 levels".
base::Result<> parse_json(std::string_view text, rapidjson::Document& document);
// As parse_json, but broken Unicode (bytes that are not UTF-8, lone surrogates) does not fail the
// whole text: each piece becomes broken_unicode.
base::Result<> parse_json_leniently(std::string_view text, rapidjson::Document& document);
// A code point that nobody sends: U+FDD1 is reserved for internal use.
constexpr std::string_view broken_unicode = "\xEF\xB7\x91";

// Bytes that are not UTF-8, and with `with_escapes` also lone "\uD800" escapes, replaced one by
// one.
std::string with_broken_unicode_replaced(std::string_view text, bool with_escapes,
                                         std::string_view replacement);

// A member; null if `value` is no object or has none of that name.
const Json* find_member(const Json& value, std::string_view name);
std::string_view view(const Json& string);
bool is_string(const Json* value, std::string_view text);

}  // namespace exo::protocol
