#include "cli/exec_command.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "base/clock.hpp"
#include "base/nearest.hpp"
#include "base/text_table.hpp"
#include "cli/exec_report.hpp"
#include "cli/local_plugins.hpp"
#include "worker/decisions.hpp"

namespace exo::cli {
namespace {

using base::ExitCode;
using std::chrono::steady_clock;

// After a cancel: how long a node may take to notice.
constexpr std::chrono::seconds grace{5};

std::string listed(std::span<const std::string> names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return out.empty() ? "none" : out;
}

std::string did_you_mean(const std::string& word, std::span<const std::string> known) {
    const auto meant = base::nearest(word, known);
    return meant ? " (did you mean \"" + *meant + "\"?)" : "";
}

std::string unknown(const std::string& what, const std::string& name,
                    std::span<const std::string> known) {
    return "there is no " + what + " \"" + name + "\"" + did_you_mean(name, known) +
           "; there are: " + listed(known);
}

// Names that are not `known`, or given twice, or values that could not have come over the wire.
base::Result<> check_names(const std::string& what, const KeyValues& given,
                           std::span<const std::string> known) {
    std::set<std::string> seen;
    for (const auto& [name, value] : given) {
        if (std::ranges::find(known, name) == known.end())
            return base::fail(unknown(what, name, known));
        std::string problem = what;
        problem.append(" \"").append(name);
        if (!seen.insert(name).second) return base::fail(problem.append("\" is given twice"));
        if (!model::is_utf8(value)) return base::fail(problem.append("\" is not UTF-8"));
    }
    return {};
}

base::Result<worker::CallRequest> make_request(const ExecOptions& options,
                                               const model::NodeSchema& schema) {
    std::vector<std::string> inputs;
    for (const auto& field : schema.inputs) inputs.push_back(field.name);
    const auto of_node = " of node " + schema.name;
    if (auto checked = check_names("input" + of_node, options.inputs, inputs); !checked)
        return checked.error();
    if (auto checked = check_names("secret" + of_node, options.secrets, schema.secrets); !checked)
        return checked.error();
    std::vector<model::Input> given;
    for (const auto& [name, value] : options.inputs) given.push_back({name, value, ""});
    auto bound = worker::bind_inputs(schema, given);
    if (!bound) return bound.error();
    auto secrets = worker::bind_secrets(schema, options.secrets);
    if (!secrets) return secrets.error();
    worker::CallRequest request;
    request.state_id = *model::StateId::parse("local");
    request.identifier = schema.name;
    request.inputs = *std::move(bound);
    request.secrets = *std::move(secrets);
    if (options.timeout) request.deadline = steady_clock::now() + *options.timeout;
    return request;
}

// The result of the one call, across threads.
struct Arrival {
    std::mutex mutex;
    std::condition_variable arrived;
    std::optional<worker::CallResult> result;

    void put(worker::CallResult from) {
        const std::lock_guard lock(mutex);
        result = std::move(from);
        arrived.notify_all();
    }
    bool wait_until(std::optional<steady_clock::time_point> until) {
        std::unique_lock lock(mutex);
        const auto there = [this] { return result.has_value(); };
        if (until) return arrived.wait_until(lock, *until, there);
        arrived.wait(lock, there);
        return true;
    }
};

model::Outcome execute(worker::ExecutableNode& node, worker::CallRequest request,
                       std::optional<std::chrono::milliseconds> timeout) {
    const auto arrival = std::make_shared<Arrival>();
    const auto deadline = request.deadline;
    const auto call = node.start(std::move(request), [arrival](worker::CallResult result) {
        arrival->put(std::move(result));
    });
    const auto& name = node.schema().name;
    if (!arrival->wait_until(deadline)) {
        call->cancel();
        if (!arrival->wait_until(steady_clock::now() + grace)) {
            return model::Errored{"node " + name + " timed out after " + base::to_text(*timeout) +
                                  " and did not react to cancellation"};
        }
    }
    const std::lock_guard lock(arrival->mutex);
    if (auto* outcome = std::get_if<model::Outcome>(&*arrival->result)) return std::move(*outcome);
    // Nobody else cancels here.
    return model::Errored{"node " + name + " timed out after " +
                          base::to_text(timeout.value_or(std::chrono::milliseconds(0)))};
}

ExitCode no_such_node(const ExecOptions& options, LocalPlugins& plugins, Output& output) {
    std::vector<std::string> names;
    for (const auto& node : plugins.executor().nodes()) names.push_back(node->schema().name);
    std::ranges::sort(names);
    const auto code = plugins.registry().refused().empty() ? ExitCode::usage : ExitCode::refused;
    return complain(output, code, unknown("node", options.node, names));
}

ExitCode run_node(const ExecOptions& options, LocalPlugins& plugins, LogLines& lines,
                  Output& output) {
    for (const auto& refused : plugins.registry().refused())
        complain(output, ExitCode::refused, refused.sentence());
    const auto nodes = plugins.executor().nodes();
    const auto named = [&](const auto& node) { return node->schema().name == options.node; };
    const auto found = std::ranges::find_if(nodes, named);
    if (found == nodes.end()) return no_such_node(options, plugins, output);
    auto request = make_request(options, (*found)->schema());
    if (!request) return complain(output, ExitCode::usage, request.error().message);

    lines.hear_all(true);
    const auto began = steady_clock::now();
    auto outcome = execute(**found, *std::move(request), options.timeout);
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began);
    lines.hear_all(false);
    const ExecReport report{.node = (*found)->schema().name,
                            .plugin = std::string((*found)->plugin()),
                            .version = std::string((*found)->version()),
                            .outcome = std::move(outcome),
                            .duration = took};
    output.out << (options.json ? to_json(report, lines.taken()) : to_text(report));
    return std::holds_alternative<model::Errored>(report.outcome) ? ExitCode::failed
                                                                  : ExitCode::done;
}

}  // namespace

ExitCode run_command(const ExecOptions& options, const settings::Environment& environment,
                     Output output, plugin::ProbeCommand probe) {
    settings::Plugins settings;
    settings.directory = options.plugin_dir;
    const auto lines = std::make_shared<LogLines>(options.json ? nullptr : &output.err);
    auto plugins =
        LocalPlugins::open(settings, environment, std::move(probe),
                           [lines](const plugin::PluginLine& line) { lines->add(line); });
    if (!plugins) return complain(output, ExitCode::refused, plugins.error().message);
    const auto code = run_node(options, **plugins, *lines, output);
    const bool closed = (*plugins)->close();
    lines->end();
    if (!closed) LocalPlugins::leave_in_a_hurry(output, code);
    return code;
}

}  // namespace exo::cli
