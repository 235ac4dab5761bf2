#include "embedded/body_schema.hpp"

#include <cctype>
#include <charconv>
#include <cmath>
#include <memory>

#include "embedded/python_text.hpp"

namespace exo::embedded::body {

namespace {

struct IntegerFault {
    std::string_view type, message;
};
using Integer = std::variant<std::int64_t, IntegerFault>;

constexpr IntegerFault not_integer{"int_type", "Input should be a valid integer"};
constexpr IntegerFault fractional{
    "int_from_float", "Input should be a valid integer, got a number with a fractional part"};
constexpr IntegerFault unparsable{
    "int_parsing", "Input should be a valid integer, unable to parse string as an integer"};
constexpr IntegerFault too_large{
    "int_parsing_size", "Unable to parse input string as an integer, exceeded maximum size"};

// Digits with single underscores between them, a sign before and ".0" behind: as pydantic reads it.
Integer parse_integer(std::string_view text) {
    text = trim(text);
    if (const auto dot = text.find('.'); dot != std::string_view::npos && dot > 0) {
        if (text.find_first_not_of('0', dot + 1) != std::string_view::npos) {
            return unparsable;
        }
        text = text.substr(0, dot);
    }
    std::string digits;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        digits = text[0] == '-' ? "-" : "";
        text.remove_prefix(1);
    }
    if (text.empty() || text.front() == '_' || text.back() == '_' ||
        text.find("__") != std::string_view::npos) {
        return unparsable;
    }
    for (const char c : text) {
        if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
            digits += c;
        } else if (c != '_') {
            return unparsable;
        }
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() ? Integer(value)
                                                                        : Integer(too_large);
}

Integer read_integer(const Value& value) {
    if (value.IsBool()) {
        return std::int64_t{value.GetBool() ? 1 : 0};
    }
    if (value.IsInt64()) {
        return value.GetInt64();
    }
    if (value.IsUint64()) {
        return too_large;
    }
    if (value.IsDouble()) {
        const double real = value.GetDouble();
        if (std::floor(real) != real) {
            return fractional;
        }
        return std::abs(real) < 9.2e18 ? Integer(static_cast<std::int64_t>(real))
                                       : Integer(too_large);
    }
    return value.IsString() ? parse_integer(json::text(value)) : Integer(not_integer);
}

Problem problem(const Loc& loc, std::string_view type, std::string_view message, std::string input,
                std::string context = {}) {
    return {std::string(type), loc, std::string(message), std::move(input), std::move(context)};
}

void check_bounds(std::int64_t value, const Bounds& bounds, const Loc& loc,
                  const std::string& input, Problems& problems) {
    if (bounds.greater_equal && value < *bounds.greater_equal) {
        const auto limit = std::to_string(*bounds.greater_equal);
        problems.push_back(problem(loc, "greater_than_equal",
                                   "Input should be greater than or equal to " + limit, input,
                                   "{\"ge\":" + limit + "}"));
    }
    if (bounds.greater_than && value <= *bounds.greater_than) {
        const auto limit = std::to_string(*bounds.greater_than);
        problems.push_back(problem(loc, "greater_than", "Input should be greater than " + limit,
                                   input, "{\"gt\":" + limit + "}"));
    }
}

// "'A', 'B' or 'C'"
std::string alternatives(const std::vector<std::string_view>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        text += i == 0 ? "" : i + 1 == words.size() ? " or " : ", ";
        text += "'" + std::string(words[i]) + "'";
    }
    return text;
}

// Calls check(value, loc + part).
void check_at(const Check& check, const Value& value, LocPart part, Loc& loc, Problems& problems) {
    loc.push_back(std::move(part));
    check(value, loc, problems);
    loc.pop_back();
}

}  // namespace

Check any() {
    return [](const Value&, Loc&, Problems&) {};
}

Check string() {
    return [](const Value& value, Loc& loc, Problems& problems) {
        if (!value.IsString()) {
            problems.push_back(problem(loc, "string_type", "Input should be a valid string",
                                       json::to_text(value)));
        }
    };
}

Check integer(Bounds bounds) {
    return [bounds](const Value& value, Loc& loc, Problems& problems) {
        const auto read = read_integer(value);
        if (const auto* fault = std::get_if<IntegerFault>(&read)) {
            problems.push_back(problem(loc, fault->type, fault->message, json::to_text(value)));
            return;
        }
        check_bounds(std::get<std::int64_t>(read), bounds, loc, json::to_text(value), problems);
    };
}

Check one_of(const std::vector<std::string_view>& words) {
    return [words](const Value& value, Loc& loc, Problems& problems) {
        for (const auto word : words) {
            if (value.IsString() && json::text(value) == word) {
                return;
            }
        }
        const auto expected = alternatives(words);
        problems.push_back(problem(loc, "enum", "Input should be " + expected, json::to_text(value),
                                   "{\"expected\":" + json::quoted(expected) + "}"));
    };
}

Check list(Check item) {
    return [item = std::move(item)](const Value& value, Loc& loc, Problems& problems) {
        if (!value.IsArray()) {
            problems.push_back(
                problem(loc, "list_type", "Input should be a valid list", json::to_text(value)));
            return;
        }
        std::size_t position = 0;
        for (const auto& element : value.GetArray()) {
            check_at(item, element, position++, loc, problems);
        }
    };
}

Check dict(Check item) {
    return [item = std::move(item)](const Value& value, Loc& loc, Problems& problems) {
        if (!value.IsObject()) {
            problems.push_back(problem(loc, "dict_type", "Input should be a valid dictionary",
                                       json::to_text(value)));
            return;
        }
        for (const auto& member : value.GetObject()) {
            check_at(item, member.value, std::string(json::text(member.name)), loc, problems);
        }
    };
}

Check nullable(Check check) {
    return [check = std::move(check)](const Value& value, Loc& loc, Problems& problems) {
        if (!value.IsNull()) {
            check(value, loc, problems);
        }
    };
}

Check object(std::vector<Field> fields) {
    // Shared: a check is copied into the checks around it.
    auto shared = std::make_shared<const std::vector<Field>>(std::move(fields));
    return [shared](const Value& value, Loc& loc, Problems& problems) {
        if (!value.IsObject()) {
            problems.push_back(not_an_object(loc, json::to_text(value)));
            return;
        }
        for (const auto& field : *shared) {
            if (const auto* member = json::member(value, field.name)) {
                check_at(field.check, *member, field.name, loc, problems);
            } else if (field.required) {
                loc.emplace_back(field.name);
                problems.push_back(missing(loc, json::to_text(value)));
                loc.pop_back();
            }
        }
    };
}

Check both(Check check, Check then) {
    return [check = std::move(check), then = std::move(then)](const Value& value, Loc& loc,
                                                              Problems& problems) {
        const auto before = problems.size();
        check(value, loc, problems);
        if (problems.size() == before) {
            then(value, loc, problems);
        }
    };
}

Check with_rule(Check check, Rule rule) {
    return both(std::move(check),
                [rule = std::move(rule)](const Value& value, Loc& loc, Problems& problems) {
                    if (const auto text = rule(value)) {
                        problems.push_back(value_error(loc, *text, json::to_text(value)));
                    }
                });
}

Problem missing(const Loc& loc, std::string input) {
    return problem(loc, "missing", "Field required", std::move(input));
}

Problem value_error(const Loc& loc, const std::string& text, std::string input) {
    return problem(loc, "value_error", "Value error, " + text, std::move(input), "{\"error\":{}}");
}

Problem not_an_object(const Loc& loc, std::string input) {
    return problem(loc, "model_attributes_type",
                   "Input should be a valid dictionary or object to extract fields from",
                   std::move(input));
}

std::int64_t to_integer(const Value& value) { return std::get<std::int64_t>(read_integer(value)); }

std::int64_t path_integer(std::string_view text, const std::string& name, Bounds bounds,
                          Problems& problems) {
    const Loc loc{std::string("path"), name};
    const auto read = parse_integer(text);
    if (const auto* fault = std::get_if<IntegerFault>(&read)) {
        problems.push_back(problem(loc, fault->type, fault->message, json::quoted(text)));
        return 0;
    }
    const auto value = std::get<std::int64_t>(read);
    check_bounds(value, bounds, loc, json::quoted(text), problems);
    return value;
}

std::string to_json(const Problems& problems) {
    json::Buffer buffer;
    json::Writer writer(buffer);
    writer.StartObject();
    json::key(writer, "detail");
    writer.StartArray();
    for (const auto& problem : problems) {
        writer.StartObject();
        json::field(writer, "type", problem.type);
        json::key(writer, "loc");
        writer.StartArray();
        for (const auto& part : problem.loc) {
            if (const auto* name = std::get_if<std::string>(&part)) {
                json::write(writer, *name);
            } else {
                writer.Uint64(std::get<std::size_t>(part));
            }
        }
        writer.EndArray();
        json::field(writer, "msg", problem.message);
        json::key(writer, "input");
        json::write_raw(writer, problem.input);
        if (!problem.context.empty()) {
            json::key(writer, "ctx");
            json::write_raw(writer, problem.context);
        }
        writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace exo::embedded::body
