#include "settings/toml_value.hpp"

#include <algorithm>
#include <sstream>

#include "base/nearest.hpp"
#include "base/text_table.hpp"
#include "settings/document.hpp"
#include "settings/values.hpp"

namespace exo::settings {
namespace {

// Every judgement returns an error that completes a sentence beginning with the key.
base::Result<> in_range(const Key& key, std::int64_t number, std::string (*format)(std::int64_t)) {
    if ((key.min == 0 && key.max == 0) || (number >= key.min && number <= key.max)) return {};
    return base::fail("must be between " + format(key.min) + " and " + format(key.max) + ", not " +
                      format(number));
}

std::string format_integer(std::int64_t number) { return std::to_string(number); }
std::string format_ms(std::int64_t number) { return quoted(format_duration(Millis(number))); }
std::string format_bytes(std::int64_t number) {
    return quoted(format_size(static_cast<std::uint64_t>(number)));
}

base::Result<std::int64_t> read_duration(const Key& key, const std::string& text) {
    const auto duration = parse_duration(text);
    if (!duration) {
        return base::fail(
            "must be one whole number and one unit, such as \"500ms\", \"30s\", \"5m\", \"1h\" or "
            "\"30d\", not " +
            quoted(text));
    }
    if (auto checked = in_range(key, duration->count(), format_ms); !checked) {
        return checked.error();
    }
    return duration->count();
}

base::Result<std::int64_t> read_size(const Key& key, const std::string& text) {
    const auto size = parse_size(text);
    if (!size) {
        return base::fail(
            "must be one whole number and one unit, such as \"64KiB\", \"512MiB\" or \"2GiB\", "
            "not " +
            quoted(text));
    }
    const auto bytes = static_cast<std::int64_t>(*size);  // below 1 EiB
    if (auto checked = in_range(key, bytes, format_bytes); !checked) return checked.error();
    return bytes;
}

base::Result<> judge_text(const Key& key, const std::string& text) {
    if (text.find('\0') != std::string::npos) return base::fail("contains a NUL character");
    if (key.check != nullptr) return key.check(text);
    if (text.empty() && !key.empty_is_unset) return base::fail("must not be empty");
    return {};
}

base::Result<std::vector<std::string>> read_texts(const Key& key, const toml::array& array) {
    std::vector<std::string> texts;
    for (const auto& item : array) {
        const auto* text = item.as_string();
        if (text == nullptr) {
            return base::fail("must be an array of strings, not of " +
                              std::string(type_name(item)) + " (item " +
                              std::to_string(texts.size() + 1) + ")");
        }
        if (auto judged = judge_text(key, text->get()); !judged) return judged.error();
        texts.push_back(text->get());
    }
    return texts;
}

base::Error wrong_type(const Key& key, const toml::node& node) {
    return base::fail("must be " + std::string(wanted_type(key.kind)) + ", not " +
                      std::string(type_name(node)));
}

// None: the key is as good as absent ("").
base::Result<std::optional<Value>> read_string(const Key& key, const std::string& text) {
    Value value{.text = text};
    if (key.kind == Kind::choice) {
        if (auto chosen = choose(key, text); !chosen) return chosen.error();
        return value;
    }
    if (text.empty() && key.empty_is_unset) return std::optional<Value>();
    if (key.kind == Kind::text) {
        if (auto judged = judge_text(key, text); !judged) return judged.error();
        return value;
    }
    auto number = key.kind == Kind::size ? read_size(key, text) : read_duration(key, text);
    if (!number) return number.error();
    value.number = *number;
    return value;
}

}  // namespace

std::string quoted(std::string_view text) {
    return "\"" + base::truncated(base::printable(text), 80) + "\"";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
    const auto best = base::nearest(word, known);
    return best ? " (did you mean \"" + *best + "\"?)" : "";
}

std::string_view type_name(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::none:
            return "nothing";
        case toml::node_type::table:
            return "a table";
        case toml::node_type::array:
            return "an array";
        case toml::node_type::string:
            return "a string";
        case toml::node_type::integer:
            return "an integer";
        case toml::node_type::floating_point:
            return "a floating-point number";
        case toml::node_type::boolean:
            return "a boolean";
        case toml::node_type::date:
            return "a date";
        case toml::node_type::time:
            return "a time";
        case toml::node_type::date_time:
            return "a date-time";
    }
    return "something else";
}

std::string_view wanted_type(Kind kind) {
    switch (kind) {
        case Kind::text:
        case Kind::choice:
            return "a string";
        case Kind::integer:
            return "an integer";
        case Kind::boolean:
            return "a boolean";
        case Kind::duration:
            return "a duration in quotes such as \"30s\"";
        case Kind::size:
            return "a size in quotes such as \"512MiB\"";
        case Kind::texts:
            return "an array of strings";
    }
    return "";
}

base::Result<> choose(const Key& key, std::string_view text) {
    if (std::ranges::find(key.choices, text) != key.choices.end()) return {};
    std::string list;
    for (std::size_t i = 0; i < key.choices.size(); ++i) {
        if (i > 0) list += i + 1 == key.choices.size() ? " or " : ", ";
        list += quoted(key.choices[i]);
    }
    return base::fail("must be " + list + ", not " + quoted(text) +
                      did_you_mean(text, key.choices));
}

std::string toml_key(std::string_view name) {
    const bool bare = !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
    return bare ? std::string(name) : quoted(name);
}

base::Result<std::optional<Value>> read_value(const Key& key, const toml::node& node) {
    switch (key.kind) {
        case Kind::text:
        case Kind::choice:
        case Kind::duration:
        case Kind::size:
            if (!node.is_string()) return wrong_type(key, node);
            return read_string(key, node.as_string()->get());
        case Kind::integer: {
            if (!node.is_integer()) return wrong_type(key, node);
            const auto number = node.as_integer()->get();
            if (auto checked = in_range(key, number, format_integer); !checked) {
                return checked.error();
            }
            return Value{.number = number};
        }
        case Kind::boolean:
            if (!node.is_boolean()) return wrong_type(key, node);
            return Value{.flag = node.as_boolean()->get()};
        case Kind::texts: {
            if (!node.is_array()) return wrong_type(key, node);
            auto texts = read_texts(key, *node.as_array());
            if (!texts) return texts.error();
            return Value{.texts = std::move(*texts)};
        }
    }
    return std::optional<Value>();
}

std::optional<std::string> plugin_text(const toml::node& node) {
    std::ostringstream out;
    switch (node.type()) {
        case toml::node_type::none:
        case toml::node_type::table:
        case toml::node_type::array:
            return std::nullopt;
        case toml::node_type::string:
            return node.as_string()->get();
        case toml::node_type::integer:
            out << *node.as_integer();
            break;
        case toml::node_type::floating_point:
            out << *node.as_floating_point();
            break;
        case toml::node_type::boolean:
            out << *node.as_boolean();
            break;
        case toml::node_type::date:
            out << *node.as_date();
            break;
        case toml::node_type::time:
            out << *node.as_time();
            break;
        case toml::node_type::date_time:
            out << *node.as_date_time();
            break;
    }
    return out.str();
}

}  // namespace exo::settings
