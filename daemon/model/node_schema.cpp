#include "model/node_schema.hpp"

#include <algorithm>

namespace exo::model {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

base::Result<> check_field_name(std::string_view what, std::string_view name) {
    if (auto checked = check_name(what, name); !checked) return checked;
    const auto refuse = [&](std::string_view why) {
        return base::fail(std::string(what) + " name \"" + std::string(name) + "\" " +
                          std::string(why));
    };
    if (name.front() == '_') return refuse("starts with '_', which the state manager refuses");
    if (name == "model_config") return refuse("is reserved by the state manager");
    if (name.find_first_of(".{}$") != std::string_view::npos) {
        return refuse("contains '.', '$', '{' or '}', which no placeholder could name");
    }
    if (std::ranges::any_of(name, is_space)) return refuse("contains white space");
    return {};
}

}  // namespace exo::model
