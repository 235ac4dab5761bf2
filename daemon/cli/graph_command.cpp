#include "cli/graph_command.hpp"

#include <ostream>

#include "base/text_table.hpp"
#include "cli/documents.hpp"
#include "remote/apply_graph.hpp"
#include "remote/graph_file.hpp"
#include "settings/file.hpp"
#include "settings/values.hpp"

namespace exo::cli {
namespace {

using base::Cell;
using base::ExitCode;
using base::printable;
using base::Style;

Style style_of(const std::string& validation_status) {
    if (validation_status == "VALID") return Style::good;
    return validation_status == "INVALID" ? Style::bad : Style::busy;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + printable(word);
    return out;
}

std::string nodes_text(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " node" : " nodes");
}

void print_errors(std::ostream& out, const remote::GraphTemplate& graph, bool colour) {
    for (const auto& error : graph.validation_errors) {
        out << "  " << base::styled(printable(error), Style::bad, colour) << "\n";
    }
}

std::string nodes_table(const remote::GraphTemplate& graph, bool colour) {
    base::TextTable table;
    table.add({Cell("IDENTIFIER", Style::bold), Cell("NODE", Style::bold),
               Cell("NAMESPACE", Style::bold), Cell("NEXT", Style::bold),
               Cell("UNITES", Style::bold)});
    for (const auto& node : graph.nodes) {
        table.add({printable(node.identifier), printable(node.node_name),
                   printable(node.namespace_name), joined(node.next_nodes),
                   printable(node.unites)});
    }
    return table.text(colour);
}

ExitCode print_verdict(Output& output, const remote::GraphTemplate& graph,
                       const std::string& namespace_name, bool json) {
    const bool valid = graph.validation_status == "VALID";
    if (json) {
        output.out << graph_json(graph, namespace_name);
        return valid ? ExitCode::done : ExitCode::failed;
    }
    const bool colour = output.terminal.colour;
    output.out << "graph " << printable(graph.name) << " in namespace " << printable(namespace_name)
               << ": "
               << base::styled(printable(graph.validation_status),
                               style_of(graph.validation_status), colour)
               << ", " << nodes_text(graph.nodes.size()) << "\n";
    print_errors(output.out, graph, colour);
    return valid ? ExitCode::done : ExitCode::failed;
}

}  // namespace

boost::asio::awaitable<ExitCode> run_command(remote::OperatorClient& client,
                                             GraphApplyOptions options, Output output) {
    constexpr std::size_t largest = 16U << 20;
    const auto file = settings::read_file(options.file, largest);
    if (!file) {
        co_return complain(output, ExitCode::failed, options.file + " " + file.error().message);
    }
    const auto body =
        remote::graph_body(options.file, file->text, options.secrets, client.namespace_name());
    if (!body) co_return complain(output, ExitCode::failed, body.error().message);
    auto graph = co_await remote::apply_graph(client, options.name, *body, options.patience);
    if (!graph) co_return complain(output, graph.error());
    const auto code = print_verdict(output, *graph, client.namespace_name(), options.client.json);
    if (graph->validation_status == "PENDING") {
        co_return complain(output, code,
                           "graph " + options.name + " was still PENDING after " +
                               settings::format_duration(options.patience));
    }
    co_return code;
}

boost::asio::awaitable<ExitCode> run_command(remote::OperatorClient& client,
                                             GraphShowOptions options, Output output) {
    if (options.client.json) {
        auto json = co_await client.graph_json(options.name);
        if (!json) co_return complain(output, json.error());
        output.out << indented(*json);
        co_return ExitCode::done;
    }
    auto graph = co_await client.graph(options.name);
    if (!graph) co_return complain(output, graph.error());
    print_verdict(output, *graph, client.namespace_name(), false);
    output.out << "\n" << nodes_table(*graph, output.terminal.colour);
    if (!graph->secrets.empty()) output.out << "\nsecrets: " << joined(graph->secrets) << "\n";
    co_return ExitCode::done;
}

boost::asio::awaitable<ExitCode> run_command(remote::OperatorClient& client,
                                             GraphListOptions options, Output output) {
    auto graphs = co_await client.graphs();
    if (!graphs) co_return complain(output, graphs.error());
    if (options.client.json) {
        output.out << graphs_json(*graphs, client.namespace_name());
        co_return ExitCode::done;
    }
    if (graphs->empty()) {
        output.out << "no graphs in namespace " << printable(client.namespace_name()) << "\n";
        co_return ExitCode::done;
    }
    base::TextTable table;
    table.add({Cell("GRAPH", Style::bold), Cell("STATUS", Style::bold),
               Cell("NODES", Style::bold, true), Cell("UPDATED", Style::bold)});
    for (const auto& graph : *graphs) {
        table.add({printable(graph.name),
                   Cell(printable(graph.validation_status), style_of(graph.validation_status)),
                   Cell(std::to_string(graph.nodes.size()), Style::plain, true),
                   printable(graph.updated_at)});
    }
    output.out << table.text(output.terminal.colour);
    co_return ExitCode::done;
}

}  // namespace exo::cli
