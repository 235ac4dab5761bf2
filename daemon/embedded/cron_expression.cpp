#include "embedded/cron_expression.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace exo::embedded {

namespace {

constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct Field {
    int lowest, highest;
    std::span<const std::string_view> names;
    int first_name;
    bool takes_last;  // the day of the month may be `l`, a weekday `l5`
};

// Minute, hour, day, month, weekday, second, year: the order in which croniter reads them.
const std::array<Field, 7>& fields() {
    static const std::array<Field, 7> all{{{0, 59, {}, 0, false},
                                           {0, 23, {}, 0, false},
                                           {1, 31, {}, 0, true},
                                           {1, 12, months, 1, false},
                                           {0, 7, weekdays, 0, true},
                                           {0, 59, {}, 0, false},
                                           {1970, 2099, {}, 0, false}}};
    return all;
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) != 0
               ? std::optional(value)
               : std::nullopt;
}

std::optional<int> value_of(const Field& field, std::string_view text) {
    const auto found = std::find(field.names.begin(), field.names.end(), text);
    if (found != field.names.end()) {
        return field.first_name + static_cast<int>(found - field.names.begin());
    }
    const auto value = number(text);
    return value && *value >= field.lowest && *value <= field.highest ? value : std::nullopt;
}

// `*`, `3`, `1-5`, each with `/step`; `l`, `l5` and `5#2` where the field allows them.
bool is_item(const Field& field, std::string_view item) {
    const bool is_weekday = field.names.size() == weekdays.size();
    if (field.takes_last && item == "l" && !is_weekday) {
        return true;
    }
    if (is_weekday && item.size() == 2 && item[0] == 'l') {
        return value_of(field, item.substr(1)).has_value();
    }
    if (const auto hash = item.find('#'); is_weekday && hash != std::string_view::npos) {
        const auto nth = item.substr(hash + 1);
        return value_of(field, item.substr(0, hash)).has_value() &&
               (nth == "l" || (nth.size() == 1 && nth[0] >= '1' && nth[0] <= '5'));
    }
    if (const auto slash = item.find('/'); slash != std::string_view::npos) {
        const auto step = number(item.substr(slash + 1));
        if (!step || *step < 1) {
            return false;
        }
        item = item.substr(0, slash);
    }
    if (item == "*" || item == "?") {
        return true;
    }
    const auto dash = item.find('-');
    if (dash == std::string_view::npos) {
        return value_of(field, item).has_value();
    }
    return value_of(field, item.substr(0, dash)).has_value() &&
           value_of(field, item.substr(dash + 1)).has_value();
}

bool is_list(const Field& field, std::string_view text) {
    while (true) {
        const auto comma = text.find(',');
        if (!is_item(field, text.substr(0, comma))) {
            return false;
        }
        if (comma == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(comma + 1);
    }
}

bool is_alias(std::string_view text) {
    static constexpr std::array<std::string_view, 7> aliases{
        "@midnight", "@hourly", "@daily", "@weekly", "@monthly", "@yearly", "@annually"};
    return std::find(aliases.begin(), aliases.end(), text) != aliases.end();
}

}  // namespace

bool is_cron_expression(std::string_view expression) {
    std::string lower(expression);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::vector<std::string> words(1);
    for (const char c : lower) {
        if (std::isspace(static_cast<unsigned char>(c)) == 0) {
            words.back() += c;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    if (words.back().empty()) {
        words.pop_back();
    }
    if (words.size() == 1) {
        return is_alias(words[0]);
    }
    if (words.size() < 5 || words.size() > fields().size()) {
        return false;
    }
    return std::equal(
        words.begin(), words.end(), fields().begin(),
        [](const std::string& word, const Field& field) { return is_list(field, word); });
}

}  // namespace exo::embedded
