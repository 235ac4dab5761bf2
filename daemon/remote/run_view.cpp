#include "remote/run_view.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "base/text_table.hpp"

namespace exo::remote {
namespace {

using base::Cell;
using base::Style;

constexpr std::array<std::string_view, 8> known_statuses = {
    "CREATED", "QUEUED",        "EXECUTED", "SUCCESS",
    "PRUNED",  "RETRY_CREATED", "ERRORED",  "NEXT_CREATED_ERROR"};

Style style_of(StatusGroup group) {
    switch (group) {
        case StatusGroup::pending:
            return Style::busy;
        case StatusGroup::success:
            return Style::good;
        case StatusGroup::retried:
            return Style::dim;
        case StatusGroup::errored:
            return Style::bad;
    }
    return Style::plain;
}

Style style_of(RunStatus status) {
    switch (status) {
        case RunStatus::pending:
            return Style::busy;
        case RunStatus::success:
            return Style::good;
        case RunStatus::failed:
            return Style::bad;
    }
    return Style::plain;
}

// In the order in which they came to be: ids grow. (By the edges, a node that unites would stand
// beside the first step.)
std::vector<IdentifierRow> rows_of(const RunGraph& graph) {
    std::map<std::string, std::pair<std::string, IdentifierRow>> rows;
    for (const auto& state : graph.states) {
        auto& [first, row] =
            rows.try_emplace(state.identifier, state.id, IdentifierRow{}).first->second;
        first = std::min(first, state.id);
        row.identifier = state.identifier;
        row.node_name = state.node_name;
        ++row.counts[state.status];
    }
    std::vector<std::pair<std::string, IdentifierRow>> sorted;
    for (auto& [identifier, row] : rows) sorted.push_back(std::move(row));
    std::ranges::stable_sort(sorted, {}, [](const auto& row) { return row.first; });
    std::vector<IdentifierRow> out;
    for (auto& [first, row] : sorted) out.push_back(std::move(row));
    return out;
}

std::vector<RunErrors> errors_of(const RunGraph& graph) {
    std::map<std::tuple<bool, std::string, std::string, std::string>, RunErrors> errors;
    for (const auto& state : graph.states) {
        const auto group = group_of(state.status);
        if (group != StatusGroup::errored && (state.error.empty() || group == StatusGroup::pending))
            continue;
        auto& entry =
            errors[{group != StatusGroup::errored, state.identifier, state.status, state.error}];
        if (entry.count++ == 0 || state.id < entry.first_state) entry.first_state = state.id;
        entry.identifier = state.identifier;
        entry.status = state.status;
        entry.text = state.error;
    }
    std::vector<RunErrors> out;
    for (auto& [key, entry] : errors) out.push_back(std::move(entry));
    return out;
}

std::vector<std::string> statuses_in(const RunView& view) {
    std::set<std::string> present;
    for (const auto& row : view.identifiers) {
        for (const auto& [status, count] : row.counts) present.insert(status);
    }
    std::vector<std::string> ordered;
    for (const auto status : known_statuses) {
        if (present.erase(std::string(status)) > 0) ordered.emplace_back(status);
    }
    ordered.insert(ordered.end(), present.begin(), present.end());
    return ordered;
}

std::string states(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " state" : " states");
}

// Every line of the text, made harmless and one line each.
std::string error_line(const RunErrors& error, std::size_t width) {
    auto line = base::printable(error.identifier) + ": " + base::printable(error.status);
    if (error.count > 1) line += " x" + std::to_string(error.count);
    line += ": " + (error.text.empty() ? "no error text" : base::printable(error.text));
    line += " (" + (error.count > 1 ? std::string("first state ") : std::string("state ")) +
            base::printable(error.first_state) + ")";
    return width == 0 ? line : base::truncated(line, width);
}

constexpr std::size_t most_errors = 10;

}  // namespace

StatusGroup group_of(std::string_view status) {
    if (status == "CREATED" || status == "QUEUED" || status == "EXECUTED") {
        return StatusGroup::pending;
    }
    if (status == "SUCCESS" || status == "PRUNED") return StatusGroup::success;
    if (status == "RETRY_CREATED") return StatusGroup::retried;
    return StatusGroup::errored;
}

std::string_view to_string(RunStatus status) {
    switch (status) {
        case RunStatus::pending:
            return "PENDING";
        case RunStatus::success:
            return "SUCCESS";
        case RunStatus::failed:
            return "FAILED";
    }
    return "";
}

std::size_t RunView::count(StatusGroup group) const {
    const auto found = groups.find(group);
    return found == groups.end() ? 0 : found->second;
}

RunView view_of(const std::string& run_id, const RunGraph& graph) {
    RunView view{.run_id = run_id,
                 .graph_name = graph.graph_name,
                 .identifiers = rows_of(graph),
                 .errors = errors_of(graph),
                 .total = graph.states.size()};
    for (const auto& state : graph.states) ++view.groups[group_of(state.status)];
    if (view.count(StatusGroup::pending) > 0) {
        view.status = RunStatus::pending;
    } else if (view.total == 0 || view.count(StatusGroup::errored) > 0) {
        view.status = RunStatus::failed;
    } else {
        view.status = RunStatus::success;
    }
    return view;
}

std::string render(const RunView& view, bool colour, std::size_t width) {
    std::string out = "run " + base::printable(view.run_id) + " of graph " +
                      base::printable(view.graph_name) + "\n" +
                      base::styled(to_string(view.status), style_of(view.status), colour) + ", " +
                      std::to_string(view.settled()) + " of " + states(view.total) + " settled\n\n";
    const auto columns = statuses_in(view);
    base::TextTable table;
    std::vector<Cell> heading{Cell("IDENTIFIER", Style::bold), Cell("NODE", Style::bold)};
    for (const auto& status : columns) {
        heading.emplace_back(base::printable(status), Style::bold, true);
    }
    table.add(std::move(heading));
    for (const auto& row : view.identifiers) {
        std::vector<Cell> cells{Cell(base::truncated(base::printable(row.identifier), 40)),
                                Cell(base::truncated(base::printable(row.node_name), 40))};
        for (const auto& status : columns) {
            const auto found = row.counts.find(status);
            cells.emplace_back(found == row.counts.end() ? "" : std::to_string(found->second),
                               style_of(group_of(status)), true);
        }
        table.add(std::move(cells));
    }
    out += table.text(colour);
    if (view.errors.empty()) return out;
    out += "\nerrors\n";
    for (std::size_t i = 0; i < view.errors.size(); ++i) {
        if (i == most_errors) {
            out += "  and " + std::to_string(view.errors.size() - i) + " more kinds\n";
            break;
        }
        const auto line =
            error_line(view.errors[i], width == 0 ? 0 : width - std::min<std::size_t>(width, 2));
        out += "  " + base::styled(line, style_of(group_of(view.errors[i].status)), colour) + "\n";
    }
    return out;
}

std::string render_changes(const RunView& before, const RunView& now) {
    std::string out;
    for (const auto& row : now.identifiers) {
        if (std::ranges::find(before.identifiers, row) != before.identifiers.end()) continue;
        std::string counts;
        for (const auto status : known_statuses) {
            const auto found = row.counts.find(std::string(status));
            if (found == row.counts.end()) continue;
            counts += (counts.empty() ? "" : ", ") + std::to_string(found->second) + " " +
                      std::string(status);
        }
        for (const auto& [status, count] : row.counts) {
            if (std::ranges::find(known_statuses, status) != known_statuses.end()) continue;
            counts += (counts.empty() ? "" : ", ") + std::to_string(count) + " " +
                      base::printable(status);
        }
        out += base::printable(row.identifier) + ": " + counts + "\n";
    }
    for (const auto& error : now.errors) {
        const bool known = std::ranges::any_of(before.errors, [&](const RunErrors& old) {
            return old.identifier == error.identifier && old.status == error.status &&
                   old.text == error.text;
        });
        if (!known) out += error_line(error, 0) + "\n";
    }
    if (before.status != now.status && now.status != RunStatus::pending) {
        out +=
            "run " + base::printable(now.run_id) + ": " + std::string(to_string(now.status)) + "\n";
    }
    return out;
}

}  // namespace exo::remote
