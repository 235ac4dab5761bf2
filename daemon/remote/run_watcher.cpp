#include "remote/run_watcher.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "base/async.hpp"
#include "base/text_table.hpp"

namespace exo::remote {
namespace {

using Clock = std::chrono::steady_clock;

// Looks cost the server a scan of the run: a look that takes long is not repeated at once.
std::chrono::milliseconds pause_after(Clock::duration look, std::chrono::milliseconds interval) {
    constexpr int share = 4;
    constexpr std::chrono::milliseconds longest{5'000};
    return std::clamp(std::chrono::duration_cast<std::chrono::milliseconds>(look * share), interval,
                      std::max(longest, interval));
}

bool worth_another_try(const OperatorError& error) {
    return error.kind == OperatorError::Kind::unreachable || error.status >= 500 ||
           error.status == 429;
}

}  // namespace

OperatorClient::Awaitable<RunGraph> watch_run(OperatorClient& client, std::string run_id,
                                              WatchOptions options) {
    std::size_t ended_with = 0;  // states at the look before, if that one said "ended"
    auto last_answer = Clock::now();
    bool troubled = false;
    while (true) {
        const auto begin = Clock::now();
        auto graph = co_await client.run(run_id);
        const auto now = Clock::now();
        if (!graph) {
            const auto& error = graph.error();
            if (!worth_another_try(error) || now - last_answer > options.patience) {
                co_return error;
            }
            if (!troubled && options.on_trouble) options.on_trouble(error.message);
            troubled = true;
        } else {
            last_answer = now;
            troubled = false;
            auto view = view_of(run_id, *graph);
            const bool ended = view.status != RunStatus::pending && view.total > 0;
            const bool certain = ended && ended_with == view.total;
            ended_with = ended ? view.total : 0;
            // Not shown as ended before that is certain.
            if (!certain && ended) view.status = RunStatus::pending;
            if (options.on_view) options.on_view(view);
            if (certain) co_return graph;
        }
        co_await base::sleep_for(pause_after(now - begin, options.interval));
    }
}

RunOutputs ends_of(const RunGraph& graph, const std::vector<std::string>& uniting,
                   std::size_t most) {
    std::unordered_set<std::string_view> parents;
    for (const auto& [source, target] : graph.edges) parents.insert(source);
    std::map<std::string_view, std::size_t> taken;
    RunOutputs ends;
    for (const auto& state : graph.states) {
        const bool unites = std::ranges::find(uniting, state.identifier) != uniting.end();
        if (state.status != "SUCCESS" || (parents.contains(state.id) && !unites)) continue;
        if (taken[state.identifier]++ < most) {
            ends.states.push_back({state, {}});
        } else {
            ++ends.omitted;
        }
    }
    std::ranges::stable_sort(ends.states, {},
                             [](const FinishedState& end) { return end.state.identifier; });
    return ends;
}

OperatorClient::Awaitable<RunOutputs> run_outputs(OperatorClient& client, std::string run_id,
                                                  RunGraph graph, std::size_t most) {
    std::vector<std::string> uniting;
    // The template may have been changed or deleted since: then only its leaves are known.
    if (const auto found = co_await client.graph(graph.graph_name)) {
        for (const auto& node : found->nodes) {
            if (!node.unites.empty()) uniting.push_back(node.identifier);
        }
    }
    auto ends = ends_of(graph, uniting, most);
    for (auto& end : ends.states) {
        auto details = co_await client.node_details(graph.graph_name, run_id, end.state.id);
        if (!details) co_return details.error();
        end.outputs = std::move(details->outputs);
    }
    co_return ends;
}

std::string render(const RunOutputs& outputs, bool colour) {
    std::string out;
    for (const auto& end : outputs.states) {
        out += base::styled(base::printable(end.state.identifier), base::Style::bold, colour) +
               " (state " + base::printable(end.state.id) + ")\n";
        base::TextTable table;
        for (const auto& [name, value] : end.outputs) {
            // Text of several lines keeps them, each made harmless and indented.
            std::size_t at = 0;
            bool first = true;
            while (first || at <= value.size()) {
                const auto stop = std::min(value.find('\n', at), value.size());
                table.add({first ? base::printable(name) : std::string(),
                           base::printable(value.substr(at, stop - at))});
                first = false;
                at = stop + 1;
                if (stop == value.size() || at == value.size()) break;
            }
        }
        out += table.text(colour, "  ");
    }
    if (outputs.omitted > 0) {
        out += "and the outputs of " + std::to_string(outputs.omitted) + " more states\n";
    }
    return out;
}

}  // namespace exo::remote
