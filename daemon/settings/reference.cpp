#include "settings/reference.hpp"

#include <algorithm>
#include <string_view>

#include "settings/keys.hpp"
#include "settings/values.hpp"

namespace exo::settings {
namespace {

// "# " before every line, broken at 100 columns.
std::string commented(std::string_view text) {
    constexpr std::size_t width = 98;
    std::string out;
    while (!text.empty()) {
        auto end = text.size() <= width ? text.size() : text.rfind(' ', width);
        if (end == std::string_view::npos) end = text.size();
        out.append("# ").append(text.substr(0, end)).append("\n");
        text.remove_prefix(std::min(text.size(), end + 1));
    }
    return out;
}

std::string range_of(const Key& key) {
    if (key.min == 0 && key.max == 0) return "";
    switch (key.kind) {
        case Kind::integer:
            return std::to_string(key.min) + " to " + std::to_string(key.max);
        case Kind::duration:
            return format_duration(Millis(key.min)) + " to " + format_duration(Millis(key.max));
        case Kind::size:
            return format_size(static_cast<std::uint64_t>(key.min)) + " to " +
                   format_size(static_cast<std::uint64_t>(key.max));
        case Kind::text:
        case Kind::boolean:
        case Kind::choice:
        case Kind::texts:
            break;
    }
    return "";
}

std::string choices_of(const Key& key) {
    std::string out;
    for (const auto& choice : key.choices) {
        out += (out.empty() ? "\"" : ", \"") + choice + "\"";
    }
    return out;
}

std::string default_of(const Key& key) {
    return key.fallback.empty() || (!key.otherwise.empty() && key.otherwise != "required")
               ? key.otherwise
               : key.fallback;
}

std::string_view type_of(Kind kind) {
    switch (kind) {
        case Kind::text:
        case Kind::choice:
            return "string";
        case Kind::integer:
            return "integer";
        case Kind::boolean:
            return "boolean";
        case Kind::duration:
            return "duration";
        case Kind::size:
            return "size";
        case Kind::texts:
            return "array of strings";
    }
    return "";
}

std::string toml_of(const Key& key) {
    std::string notes = key.doc;
    if (!key.choices.empty()) notes += " One of " + choices_of(key) + ".";
    if (const auto range = range_of(key); !range.empty()) notes += " " + range + ".";
    notes += key.otherwise == "required" ? " Required." : " Default: " + default_of(key) + ".";
    const auto& value = key.fallback.empty() ? key.example : key.fallback;
    return commented(notes) + (key.otherwise == "required" ? "" : "#") + key.name + " = " + value +
           "\n\n";
}

constexpr std::string_view heading =
    R"(# The reference configuration of exosphered: every key, what it means, its default.
# Lines with a key and no blank after the '#' can be used as they are. `exosphered check --config
# FILE` reports every mistake at once. Durations are a whole number and a unit ("500ms", "30s",
# "5m", "1h", "30d"), sizes likewise ("64KiB", "512MiB", "2GiB"). Relative paths count from the
# working directory. A changed file takes effect at the next start.

)";

constexpr std::string_view plugin_example =
    R"(#[plugins.files]
#root = "/srv/data"

)";

}  // namespace

std::string reference_toml() {
    std::string out(heading);
    for (const auto& table : tables()) {
        out += commented(table.doc);
        if (table.name == plugin_table) {
            out += plugin_example;
            continue;
        }
        out += table.name == node_table ? "#[nodes.Uppercase]\n" : "[" + table.name + "]\n";
        for (const auto& key : keys()) {
            if (key.table == table.name) out += toml_of(key);
        }
    }
    out.pop_back();  // one line break at the end is enough
    return out;
}

std::string reference_markdown() {
    std::string out;
    for (const auto& table : tables()) {
        out += "### `[" + table.name + "]`\n\n" + table.doc + "\n\n";
        if (table.name == plugin_table) continue;
        out += "| Key | Type | Default | Meaning |\n|---|---|---|---|\n";
        for (const auto& key : keys()) {
            if (key.table != table.name) continue;
            const auto fallback = default_of(key);
            const bool literal = fallback == key.fallback;
            out += "| `" + key.name + "` | " + std::string(type_of(key.kind)) + " | " +
                   (literal ? "`" + fallback + "`" : fallback) + " | " + key.doc;
            if (!key.choices.empty()) out += " One of " + choices_of(key) + ".";
            if (const auto range = range_of(key); !range.empty()) out += " " + range + ".";
            out += " |\n";
        }
        out += "\n";
    }
    return out;
}

}  // namespace exo::settings
