// One value of a parsed TOML file, judged by the key it belongs to. Pure; any thread. Only for
// settings/document.cpp: it drags toml++ in.
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "settings/keys.hpp"

namespace exo::settings {

std::string_view type_name(const toml::node& node);  // "a string", "an integer", ...
std::string_view wanted_type(Kind kind);

std::string quoted(std::string_view text);  // short, one line, in double quotes
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);  // or ""

// The value, or none if it is as good as absent (""). The error completes a sentence that begins
// with the key.
base::Result<std::optional<Value>> read_value(const Key& key, const toml::node& node);

// What a plugin gets of its table: the value as TOML spells it, strings without their quotes; none
// for arrays and tables.
std::optional<std::string> plugin_text(const toml::node& node);

}  // namespace exo::settings
