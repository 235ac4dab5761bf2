#include "embedded/graph_template.hpp"

#include <algorithm>

namespace exo::embedded {

namespace {

// The enums are dense and start at 0; the names stand in the order of their values.
template <class Enum>
std::optional<Enum> find(const std::vector<std::string_view>& names, std::string_view text) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) {
        return std::nullopt;
    }
    return static_cast<Enum>(found - names.begin());
}

}  // namespace

const std::vector<std::string_view>& unites_strategy_names() {
    static const std::vector<std::string_view> names{"ALL_SUCCESS", "ALL_DONE"};
    return names;
}

const std::vector<std::string_view>& retry_strategy_names() {
    static const std::vector<std::string_view> names{
        "EXPONENTIAL", "EXPONENTIAL_FULL_JITTER", "EXPONENTIAL_EQUAL_JITTER",
        "LINEAR",      "LINEAR_FULL_JITTER",      "LINEAR_EQUAL_JITTER",
        "FIXED",       "FIXED_FULL_JITTER",       "FIXED_EQUAL_JITTER"};
    return names;
}

std::string_view to_string(UnitesStrategy strategy) {
    return unites_strategy_names()[static_cast<std::size_t>(strategy)];
}

std::string_view to_string(RetryStrategy strategy) {
    return retry_strategy_names()[static_cast<std::size_t>(strategy)];
}

std::optional<UnitesStrategy> parse_unites_strategy(std::string_view text) {
    return find<UnitesStrategy>(unites_strategy_names(), text);
}

std::optional<RetryStrategy> parse_retry_strategy(std::string_view text) {
    return find<RetryStrategy>(retry_strategy_names(), text);
}

}  // namespace exo::embedded
