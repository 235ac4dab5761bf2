// A graph template and what belongs to it, as plain values in upstream's words. No JSON in here
// (template_json reads and writes them). Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exo::embedded {

enum class UnitesStrategy { all_success, all_done };

struct Unites {
    std::string identifier;
    UnitesStrategy strategy = UnitesStrategy::all_success;
    friend bool operator==(const Unites&, const Unites&) = default;
};

struct TemplateInput {
    std::string name;
    std::string value;      // if it is not a string: as Python prints it, for the error text
    bool is_string = true;  // anything else is refused with a 400
    friend bool operator==(const TemplateInput&, const TemplateInput&) = default;
};

struct NodeTemplate {
    std::string node_name;
    std::string namespace_name;
    std::string identifier;
    std::vector<TemplateInput> inputs;    // in the order they were given
    std::vector<std::string> next_nodes;  // identifiers
    std::optional<Unites> unites;
    friend bool operator==(const NodeTemplate&, const NodeTemplate&) = default;
};

enum class RetryStrategy {
    exponential,
    exponential_full_jitter,
    exponential_equal_jitter,
    linear,
    linear_full_jitter,
    linear_equal_jitter,
    fixed,
    fixed_full_jitter,
    fixed_equal_jitter,
};

struct RetryPolicy {
    std::int64_t max_retries = 3;
    RetryStrategy strategy = RetryStrategy::exponential;
    std::int64_t backoff_factor_ms = 2000;
    std::int64_t exponent = 2;
    std::optional<std::int64_t> max_delay_ms;
    friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

using TextPairs = std::vector<std::pair<std::string, std::string>>;

struct StoreConfig {
    std::vector<std::string> required_keys;
    TextPairs default_values;
    friend bool operator==(const StoreConfig&, const StoreConfig&) = default;
};

struct CronTrigger {
    std::string expression;
    std::string value_json;  // the whole `value` object as it was given: extra keys are kept
    friend bool operator==(const CronTrigger&, const CronTrigger&) = default;
};

struct GraphTemplate {
    std::vector<NodeTemplate> nodes;
    RetryPolicy retry_policy;
    StoreConfig store_config;
    std::vector<CronTrigger> triggers;
    friend bool operator==(const GraphTemplate&, const GraphTemplate&) = default;
};

// The words on the wire.
std::string_view to_string(UnitesStrategy strategy);
std::string_view to_string(RetryStrategy strategy);
std::optional<UnitesStrategy> parse_unites_strategy(std::string_view text);
std::optional<RetryStrategy> parse_retry_strategy(std::string_view text);
const std::vector<std::string_view>& unites_strategy_names();
const std::vector<std::string_view>& retry_strategy_names();

}  // namespace exo::embedded
