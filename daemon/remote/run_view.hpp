// A run as a person wants to see it: for each identifier how many states are where, and what went
// wrong. Pure; any thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "remote/operator_types.hpp"

namespace exo::remote {

enum class StatusGroup { pending, success, retried, errored };
StatusGroup group_of(std::string_view status);  // unknown statuses count as errored

enum class RunStatus { pending, success, failed };
std::string_view to_string(RunStatus status);  // upstream's words: "PENDING", "SUCCESS", "FAILED"

struct IdentifierRow {
    std::string identifier, node_name;
    std::map<std::string, std::size_t> counts;  // by status
    friend bool operator==(const IdentifierRow&, const IdentifierRow&) = default;
};

struct RunErrors {  // states of one identifier that failed with the same words
    std::string identifier, status, text, first_state;
    std::size_t count = 0;
    friend bool operator==(const RunErrors&, const RunErrors&) = default;
};

struct RunView {
    std::string run_id, graph_name;
    RunStatus status = RunStatus::pending;
    std::vector<IdentifierRow> identifiers;  // in the order in which they came to be
    std::vector<RunErrors> errors;           // final ones first
    std::map<StatusGroup, std::size_t> groups;
    std::size_t total = 0;

    std::size_t count(StatusGroup group) const;
    std::size_t settled() const { return total - count(StatusGroup::pending); }
    friend bool operator==(const RunView&, const RunView&) = default;
};

// Status as the server computes it: pending states -> PENDING, else errored ones -> FAILED, else
// SUCCESS; without any state FAILED.
RunView view_of(const std::string& run_id, const RunGraph& graph);

// The whole run: heading, table, errors. Lines end with '\n'; lines of foreign text are cut at
// `width` code points (0: never).
std::string render(const RunView& view, bool colour, std::size_t width);

// What changed since `before`, one line for each identifier and each new kind of error.
std::string render_changes(const RunView& before, const RunView& now);

}  // namespace exo::remote
