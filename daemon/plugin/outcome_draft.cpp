#include "plugin/outcome_draft.hpp"

#include <utility>

#include "plugin/json_object.hpp"
#include "plugin/safe_text.hpp"

namespace exo::plugin {
namespace {

constexpr std::size_t row_overhead = 16;   // so that empty rows cannot be without end
constexpr std::size_t value_overhead = 8;  // what a document needs around a string

bool is_null_with_length(exo_str text) { return text.ptr == nullptr && text.len != 0; }

std::string_view view(exo_str text) { return {text.len == 0 ? "" : text.ptr, text.len}; }

std::string counted(std::size_t n, const char* noun) {
    return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

}  // namespace

exo_status OutcomeDraft::refuse(exo_status status, const std::string& why) {
    if (violation_.empty()) violation_ = "node " + schema_->name + " " + why;
    return status;
}

exo_status OutcomeDraft::emit(const exo_str* values, std::size_t n) {
    const auto& outputs = schema_->outputs;
    if (kind_ != Kind::none && kind_ != Kind::executed)
        return refuse(EXO_E_ORDER, "emitted outputs after prune or requeue");
    if (n != outputs.size()) {
        return refuse(EXO_E_ARGUMENT, "emitted " + counted(n, "value") + " for its " +
                                          counted(outputs.size(), "output"));
    }
    if (n > 0 && values == nullptr) return refuse(EXO_E_ARGUMENT, "emitted NULL as its values");
    auto bytes = bytes_ + row_overhead;
    for (std::size_t i = 0; i < n; ++i) {
        const auto& name = outputs[i].name;
        if (is_null_with_length(values[i])) {
            return refuse(EXO_E_ARGUMENT, "emitted output \"" + name + "\" as NULL with a length");
        }
        if (values[i].len > most_outcome_bytes) {
            bytes = most_outcome_bytes + 1;
            break;
        }
        bytes += name.size() + values[i].len + value_overhead;
        if (bytes > most_outcome_bytes) break;
        if (!model::is_utf8(view(values[i])))
            return refuse(EXO_E_ARGUMENT, "emitted output \"" + name + "\" that is not UTF-8");
    }
    if (bytes > most_outcome_bytes)
        return refuse(EXO_E_LIMIT, "emitted outputs of over 15 MiB in total");
    model::Outputs row;
    row.reserve(n);
    for (std::size_t i = 0; i < n; ++i) row.emplace_back(outputs[i].name, view(values[i]));
    rows_.push_back(std::move(row));
    bytes_ = bytes;
    kind_ = Kind::executed;
    return EXO_DONE;
}

exo_status OutcomeDraft::prune(exo_str json_object) {
    if (kind_ != Kind::none) return refuse(EXO_E_ORDER, "pruned after emit, prune or requeue");
    if (is_null_with_length(json_object))
        return refuse(EXO_E_ARGUMENT, "pruned with NULL with a length");
    if (json_object.len > most_outcome_bytes)
        return refuse(EXO_E_LIMIT, "pruned with data of over 15 MiB");
    if (json_object.len > 0 && !is_json_object(view(json_object)))
        return refuse(EXO_E_ARGUMENT, "pruned with data that is not a JSON object in UTF-8");
    data_ = json_object.len == 0 ? std::string("{}") : std::string(view(json_object));
    kind_ = Kind::pruned;
    return EXO_DONE;
}

exo_status OutcomeDraft::requeue(std::uint64_t after_ms) {
    if (kind_ != Kind::none) return refuse(EXO_E_ORDER, "requeued after emit, prune or requeue");
    if (after_ms == 0 || after_ms > static_cast<std::uint64_t>(longest_requeue.count())) {
        return refuse(EXO_E_ARGUMENT, "requeued after " + std::to_string(after_ms) +
                                          " ms, allowed are 1 ms to 366 days");
    }
    after_ = std::chrono::milliseconds(after_ms);
    kind_ = Kind::requeued;
    return EXO_DONE;
}

exo_status OutcomeDraft::fail(exo_str message, std::span<const std::string> secrets) {
    if (is_null_with_length(message)) {
        if (!failure_) failure_ = "node " + schema_->name + " failed with a NULL message";
        return EXO_E_ARGUMENT;
    }
    failure_ = message.len == 0 ? "node " + schema_->name + " failed without saying why"
                                : safe_text(view(message), secrets);
    return EXO_DONE;
}

worker::CallResult OutcomeDraft::conclude(exo_status status, bool stopped) {
    const auto node = "node " + schema_->name;
    if (status == EXO_CANCELLED) {
        if (stopped) return worker::GaveUp{};
        return model::Outcome(
            model::Errored{node + " gave up as if cancelled, but nobody cancelled it"});
    }
    if (failure_) {
        // Both are worth knowing: the node may have failed because of our refusal.
        if (!violation_.empty()) *failure_ += " (" + violation_ + ")";
        return model::Outcome(model::Errored{*std::move(failure_)});
    }
    if (!violation_.empty()) return model::Outcome(model::Errored{std::move(violation_)});
    if (status == EXO_FAILED)
        return model::Outcome(model::Errored{node + " failed without saying why"});
    if (status != EXO_DONE) {
        return model::Outcome(
            model::Errored{node + " ended with the unknown status " + std::to_string(status)});
    }
    return said();
}

model::Outcome OutcomeDraft::said() {
    switch (kind_) {
        case Kind::none:
        case Kind::executed:
            return model::Executed{std::move(rows_)};
        case Kind::pruned:
            return model::Pruned{std::move(data_)};
        case Kind::requeued:
            return model::Requeued{after_};
    }
    return model::Errored{"node " + schema_->name + " has no outcome"};
}

}  // namespace exo::plugin
