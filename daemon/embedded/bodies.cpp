#include "embedded/bodies.hpp"

#include "embedded/cron_expression.hpp"
#include "embedded/graph_rules.hpp"
#include "embedded/template_json.hpp"

namespace exo::embedded::body {

namespace {

std::vector<std::string> keys(const Value& object) {
    std::vector<std::string> names;
    for (const auto& member : object.GetObject()) {
        names.emplace_back(json::text(member.name));
    }
    return names;
}

Check unites() {
    return object({{"identifier", string()}, {"strategy", one_of(unites_strategy_names()), false}});
}

Check node_template() {
    const auto text_rule = [](std::optional<std::string> (*rule)(std::string_view)) {
        return with_rule(string(), [rule](const Value& value) { return rule(json::text(value)); });
    };
    return object({{"node_name", text_rule(node_name_error)},
                   {"namespace", string()},
                   {"identifier", text_rule(identifier_error)},
                   {"inputs", dict()},
                   {"next_nodes",
                    nullable(with_rule(
                        list(string()),
                        [](const Value& value) { return next_nodes_error(text_list(value)); })),
                    false},
                   {"unites",
                    nullable(with_rule(unites(),
                                       [](const Value& value) {
                                           return unites_error(
                                               json::text(*json::member(value, "identifier")));
                                       })),
                    false}});
}

Check retry_policy() {
    return object({{"max_retries", integer({.greater_equal = 0}), false},
                   {"strategy", one_of(retry_strategy_names()), false},
                   {"backoff_factor", integer({.greater_than = 0}), false},
                   {"exponent", integer({.greater_than = 0}), false},
                   {"max_delay", nullable(integer({.greater_than = 0})), false}});
}

Check store_config() {
    return object(
        {{"required_keys",
          with_rule(list(string()),
                    [](const Value& value) { return store_keys_error(text_list(value)); }),
          false},
         {"default_values",
          with_rule(dict(string()),
                    [](const Value& value) { return store_keys_error(keys(value)); }),
          false}});
}

// Upstream looks into `value` from the trigger itself, so the loc skips it.
void check_cron_value(const Value& trigger, Loc& loc, Problems& problems) {
    static const Value empty(rapidjson::kObjectType);
    static const Check expression =
        object({{"expression", with_rule(string(), [](const Value& text) {
                     return is_cron_expression(json::text(text))
                                ? std::nullopt
                                : std::optional<std::string>("Invalid cron expression");
                 })}});
    const auto* value = json::member(trigger, "value");
    expression(value == nullptr ? empty : *value, loc, problems);
}

Check cron_trigger() {
    return both(object({{"type", one_of({"CRON"})}, {"value", dict(), false}}), check_cron_value);
}

}  // namespace

const Check& register_nodes() {
    static const Check check = object({{"runtime_name", string()},
                                       {"nodes", list(object({{"name", string()},
                                                              {"inputs_schema", dict()},
                                                              {"outputs_schema", dict()},
                                                              {"secrets", list(string())}}))}});
    return check;
}

const Check& upsert_graph() {
    static const Check check = object({{"secrets", dict(string())},
                                       {"nodes", list(node_template())},
                                       {"retry_policy", retry_policy(), false},
                                       {"store_config", store_config(), false},
                                       {"triggers", list(cron_trigger()), false}});
    return check;
}

const Check& trigger() {
    static const Check check = object({{"store", dict(string()), false},
                                       {"inputs", dict(string()), false},
                                       {"start_delay", integer({.greater_equal = 0}), false}});
    return check;
}

const Check& enqueue() {
    static const Check check = object({{"nodes", list(string())}, {"batch_size", integer()}});
    return check;
}

const Check& executed() {
    static const Check check = object({{"outputs", list(dict())}});
    return check;
}

const Check& errored() {
    static const Check check = object({{"error", string()}});
    return check;
}

const Check& prune() {
    static const Check check = object({{"data", dict()}});
    return check;
}

const Check& requeue_after() {
    static const Check check = object({{"enqueue_after", integer({.greater_than = 0})}});
    return check;
}

const Check& manual_retry() {
    static const Check check = object({{"fanout_id", string()}});
    return check;
}

TriggerRequest to_trigger(const Value& body) {
    TriggerRequest request;
    if (const auto* store = json::member(body, "store")) {
        request.store = text_pairs(*store);
    }
    if (const auto* inputs = json::member(body, "inputs")) {
        request.inputs = text_pairs(*inputs);
    }
    if (const auto* delay = json::member(body, "start_delay")) {
        request.start_delay_ms = to_integer(*delay);
    }
    return request;
}

std::vector<StateOutputs> to_outputs(const Value& body) {
    std::vector<StateOutputs> outputs;
    for (const auto& item : json::member(body, "outputs")->GetArray()) {
        outputs.push_back({json::to_text(item), output_fields(item)});
    }
    return outputs;
}

}  // namespace exo::embedded::body
