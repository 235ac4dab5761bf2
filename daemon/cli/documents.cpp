#include "cli/documents.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>

#include "remote/json.hpp"

namespace exo::cli {
namespace {

// One document, two blanks a level.
class Document {
  public:
    Document() { writer_.SetIndent(' ', 2); }

    std::string finish() { return std::string(buffer_.GetString(), buffer_.GetSize()) + "\n"; }

    void begin() { writer_.StartObject(); }
    void end() { writer_.EndObject(); }
    void member(const char* name, const std::string& value) {
        writer_.Key(name);
        text(value);
    }
    void member(const char* name, std::int64_t value) {
        writer_.Key(name);
        writer_.Int64(value);
    }
    void member(const char* name, bool value) {
        writer_.Key(name);
        writer_.Bool(value);
    }
    void member(const char* name, const std::vector<std::string>& values) {
        list(name, values, [&](const std::string& value) { text(value); });
    }
    template <class Values, class Write>
    void list(const char* name, const Values& values, Write write) {
        writer_.Key(name);
        writer_.StartArray();
        for (const auto& value : values) write(value);
        writer_.EndArray();
    }
    void text(const std::string& value) {
        writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    }
    void whole(const rapidjson::Value& value) { value.Accept(writer_); }

  private:
    rapidjson::StringBuffer buffer_;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer_{buffer_};
};

void write_graph(Document& document, const remote::GraphTemplate& graph) {
    document.member("name", graph.name);
    document.member("validation_status", graph.validation_status);
    document.member("validation_errors", graph.validation_errors);
    document.list("nodes", graph.nodes, [&](const remote::GraphNode& node) {
        document.begin();
        document.member("identifier", node.identifier);
        document.member("node_name", node.node_name);
        document.member("namespace", node.namespace_name);
        document.member("next_nodes", node.next_nodes);
        document.member("unites", node.unites);
        document.end();
    });
    document.member("secrets", graph.secrets);
    document.member("created_at", graph.created_at);
    document.member("updated_at", graph.updated_at);
}

}  // namespace

std::string graph_json(const remote::GraphTemplate& graph, const std::string& namespace_name) {
    Document document;
    document.begin();
    document.member("namespace", namespace_name);
    write_graph(document, graph);
    document.end();
    return document.finish();
}

std::string graphs_json(const std::vector<remote::GraphTemplate>& graphs,
                        const std::string& namespace_name) {
    Document document;
    document.begin();
    document.member("namespace", namespace_name);
    document.list("graphs", graphs, [&](const remote::GraphTemplate& graph) {
        document.begin();
        write_graph(document, graph);
        document.end();
    });
    document.end();
    return document.finish();
}

std::string runs_json(const remote::RunsPage& page, const std::string& namespace_name) {
    Document document;
    document.begin();
    document.member("namespace", namespace_name);
    document.member("total", page.total);
    document.member("page", page.page);
    document.member("size", page.size);
    document.list("runs", page.runs, [&](const remote::RunRow& run) {
        document.begin();
        document.member("run_id", run.run_id);
        document.member("graph_name", run.graph_name);
        document.member("status", run.status);
        document.member("total", run.total);
        document.member("pending", run.pending);
        document.member("success", run.success);
        document.member("retried", run.retried);
        document.member("errored", run.errored);
        document.member("created_at", run.created_at);
        document.end();
    });
    document.end();
    return document.finish();
}

std::string trigger_json(const std::string& run_id, const std::string& graph_name) {
    Document document;
    document.begin();
    document.member("run_id", run_id);
    document.member("graph_name", graph_name);
    document.end();
    return document.finish();
}

std::string indented(const std::string& json) {
    rapidjson::Document parsed;
    if (!remote::parse_json(json, parsed)) return json + "\n";
    Document document;
    document.whole(parsed);
    return document.finish();
}

bool CheckReport::ok() const {
    return problems.empty() &&
           std::ranges::all_of(plugins, [](const auto& plugin) { return plugin.problem.empty(); });
}

std::string check_json(const CheckReport& report) {
    Document document;
    document.begin();
    document.member("file", report.file);
    document.member("ok", report.ok());
    document.list("problems", report.problems, [&](const settings::Problem& problem) {
        document.begin();
        document.member("file", problem.file);
        document.member("line", static_cast<std::int64_t>(problem.line));
        document.member("column", static_cast<std::int64_t>(problem.column));
        document.member("message", problem.message);
        document.end();
    });
    document.list("plugins", report.plugins, [&](const CheckedPlugin& plugin) {
        document.begin();
        document.member("file", plugin.file);
        document.member("name", plugin.name);
        document.member("nodes", plugin.nodes);
        document.member("problem", plugin.problem);
        document.end();
    });
    document.member("warnings", report.warnings);
    document.end();
    return document.finish();
}

}  // namespace exo::cli
