// A small declarative layer that checks request bodies as pydantic does and collects every problem
// with type, loc, msg, input and ctx. Checks are immutable values; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "embedded/json.hpp"

namespace exo::embedded::body {

using json::Value;

using LocPart = std::variant<std::string, std::size_t>;
using Loc = std::vector<LocPart>;

struct Problem {
    std::string type;
    Loc loc;
    std::string message;
    std::string input;    // JSON
    std::string context;  // JSON object, or empty
};
using Problems = std::vector<Problem>;

// Appends what is wrong with `value`, which stands at `loc`.
using Check = std::function<void(const Value& value, Loc& loc, Problems& problems)>;

struct Bounds {
    std::optional<std::int64_t> greater_equal, greater_than;
};

Check any();
Check string();
Check integer(Bounds bounds = {});  // lax: 3, 3.0, "3" and true are integers
Check one_of(const std::vector<std::string_view>& words);
Check list(Check item);
Check dict(Check value = any());
Check nullable(Check check);

struct Field {
    std::string name;
    Check check;
    bool required = true;
};
Check object(std::vector<Field> fields);

// A validator of our own behind `check`: runs if that found nothing; its text becomes a
// value_error.
using Rule = std::function<std::optional<std::string>(const Value&)>;
Check with_rule(Check check, Rule rule);
// Runs `then` on the same value if `check` found nothing.
Check both(Check check, Check then);

Problem missing(const Loc& loc, std::string input);
Problem value_error(const Loc& loc, const std::string& text, std::string input);
Problem not_an_object(const Loc& loc, std::string input);

// What integer() accepts; for values that have passed it.
std::int64_t to_integer(const Value& value);
// A path segment as an integer within bounds; appends the problem otherwise.
std::int64_t path_integer(std::string_view text, const std::string& name, Bounds bounds,
                          Problems& problems);

// {"detail":[...]}
std::string to_json(const Problems& problems);

}  // namespace exo::embedded::body
