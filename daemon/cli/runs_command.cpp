#include "cli/runs_command.hpp"

#include <ostream>

#include "base/text_table.hpp"
#include "cli/documents.hpp"
#include "remote/run_json.hpp"
#include "remote/run_printer.hpp"
#include "remote/run_watcher.hpp"

namespace exo::cli {
namespace {

using base::Cell;
using base::ExitCode;
using base::printable;
using base::Style;

ExitCode code_of(remote::RunStatus status) {
    return status == remote::RunStatus::success ? ExitCode::done : ExitCode::failed;
}

Style style_of(const std::string& status) {
    if (status == "SUCCESS") return Style::good;
    return status == "FAILED" ? Style::bad : Style::busy;
}

Cell number(std::int64_t value, Style style = Style::plain) {
    return Cell(value == 0 ? "" : std::to_string(value), style, true);
}

boost::asio::awaitable<ExitCode> follow(remote::OperatorClient& client, std::string run_id,
                                        bool json, Output output) {
    remote::RunPrinter printer(output.out, output.terminal);
    remote::WatchOptions options;
    if (!json) {
        options.on_view = [&](const remote::RunView& view) { printer.show(view); };
        options.on_trouble = [&](const std::string& trouble) {
            printer.note(trouble + "; trying again");
        };
    }
    const auto run = co_await remote::watch_run(client, run_id, options);
    if (!run) co_return complain(output, run.error());
    const auto view = remote::view_of(run_id, *run);
    if (json) output.out << remote::run_json(view, nullptr);
    co_return code_of(view.status);
}

}  // namespace

boost::asio::awaitable<ExitCode> run_command(remote::OperatorClient& client, TriggerOptions options,
                                             Output output) {
    auto run_id = co_await client.trigger(options.graph, options.inputs, options.store);
    if (!run_id) co_return complain(output, run_id.error());
    if (options.watch) co_return co_await follow(client, *run_id, options.client.json, output);
    output.out << (options.client.json ? trigger_json(*run_id, options.graph)
                                       : printable(*run_id) + "\n");
    co_return ExitCode::done;
}

boost::asio::awaitable<ExitCode> run_command(remote::OperatorClient& client,
                                             RunsListOptions options, Output output) {
    auto page = co_await client.runs(options.page, options.size);
    if (!page) co_return complain(output, page.error());
    if (options.client.json) {
        output.out << runs_json(*page, client.namespace_name());
        co_return ExitCode::done;
    }
    if (page->runs.empty()) {
        output.out << "no runs " << (options.page > 1 ? "on this page" : "in namespace ")
                   << (options.page > 1 ? "" : printable(client.namespace_name())) << "\n";
        co_return ExitCode::done;
    }
    base::TextTable table;
    table.add({Cell("RUN", Style::bold), Cell("GRAPH", Style::bold), Cell("STATUS", Style::bold),
               Cell("STATES", Style::bold, true), Cell("PENDING", Style::bold, true),
               Cell("SUCCESS", Style::bold, true), Cell("RETRIED", Style::bold, true),
               Cell("ERRORED", Style::bold, true), Cell("CREATED", Style::bold)});
    for (const auto& run : page->runs) {
        table.add({printable(run.run_id), printable(run.graph_name),
                   Cell(printable(run.status), style_of(run.status)), number(run.total),
                   number(run.pending, Style::busy), number(run.success, Style::good),
                   number(run.retried, Style::dim), number(run.errored, Style::bad),
                   printable(run.created_at)});
    }
    output.out << table.text(output.terminal.colour);
    const auto shown = static_cast<std::int64_t>(page->runs.size());
    if (page->total > shown) {
        output.out << "page " << options.page << ", " << shown << " of " << page->total
                   << " runs\n";
    }
    co_return ExitCode::done;
}

boost::asio::awaitable<ExitCode> run_command(remote::OperatorClient& client,
                                             RunsShowOptions options, Output output) {
    const auto run = co_await client.run(options.run_id);
    if (!run) co_return complain(output, run.error());
    const auto view = remote::view_of(options.run_id, *run);
    // Asked for one by one, so people get a few of each identifier and scripts get many.
    const std::size_t most = options.client.json ? 1'000 : 5;
    remote::RunOutputs outputs;
    if (options.outputs) {
        auto found = co_await remote::run_outputs(client, options.run_id, *run, most);
        if (!found) co_return complain(output, found.error());
        outputs = std::move(*found);
    }
    if (options.client.json) {
        output.out << remote::run_json(view, options.outputs ? &outputs : nullptr);
        co_return ExitCode::done;
    }
    const bool colour = output.terminal.colour;
    output.out << remote::render(view, colour, output.terminal.live ? output.terminal.width : 0);
    if (options.outputs) output.out << "\noutputs\n" << remote::render(outputs, colour);
    co_return ExitCode::done;
}

boost::asio::awaitable<ExitCode> run_command(remote::OperatorClient& client,
                                             RunsWatchOptions options, Output output) {
    co_return co_await follow(client, options.run_id, options.client.json, output);
}

}  // namespace exo::cli
