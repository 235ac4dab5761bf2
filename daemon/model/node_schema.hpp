// What a node takes and gives, as its plugin declares it and the state manager stores it. Plain
// values, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/names.hpp"

namespace exo::model {

struct FieldSchema {
    std::string name;
    std::optional<std::string> default_value;  // none = required
    std::string doc;
    friend bool operator==(const FieldSchema&, const FieldSchema&) = default;
};

struct NodeSchema {
    std::string name;
    std::string doc;
    std::vector<FieldSchema> inputs, outputs;
    std::vector<std::string> secrets;
    friend bool operator==(const NodeSchema&, const NodeSchema&) = default;
};

using base::check_name;
using base::is_utf8;

// Field names: as check_name, and also refused what upstream's schema reader refuses: a leading
// '_', "model_config", dots, white space, "${{".
base::Result<> check_field_name(std::string_view what, std::string_view name);

}  // namespace exo::model
