#include "embedded/store.hpp"

#include "embedded/store_schema.hpp"
#include "embedded/template_json.hpp"

namespace exo::embedded {

namespace {

NodeRow read_node(const sqlite::Query& row) {
    return {row.text(0),
            row.text(1),
            row.text(2),
            row.text(3),
            row.text(4),
            row.text(5),
            text_list_from(row.text(6)),
            row.integer(7),
            row.integer(8)};
}

constexpr const char* select_graph =
    "SELECT seq, id, namespace, name, template, validation_status, validation_errors, created_at, "
    "updated_at FROM graphs ";

GraphRow read_graph(const sqlite::Query& row) {
    GraphRow graph;
    graph.seq = row.integer(0);
    graph.id = row.text(1);
    graph.namespace_name = row.text(2);
    graph.name = row.text(3);
    graph.template_json = row.text(4);
    graph.validation_status = row.text(5);
    graph.validation_errors = text_list_from(row.text(6));
    graph.created_at = row.integer(7);
    graph.updated_at = row.integer(8);
    return graph;
}

TextPairs read_secrets(sqlite::Database& database, Seq graph) {
    TextPairs secrets;
    auto query =
        database.query("SELECT name, ciphertext FROM secrets WHERE graph = ? ORDER BY position");
    query.bind(graph);
    while (query.step()) {
        secrets.emplace_back(query.text(0), query.text(1));
    }
    return secrets;
}

constexpr const char* select_run =
    "SELECT seq, id, namespace, graph_name, created_at, created, queued, executed, errored, "
    "next_created_error, success, pruned, retry_created FROM runs ";

RunRow read_run(const sqlite::Query& row) {
    RunRow run{row.integer(0), row.text(1), row.text(2), row.text(3), row.integer(4), {}};
    for (std::size_t i = 0; i < state_status_count; ++i) {
        run.counts.of[i] = row.integer(static_cast<int>(5 + i));
    }
    return run;
}

}  // namespace

base::Result<std::unique_ptr<Store>> Store::open(const std::string& path,
                                                 sqlite::Synchronous synchronous) {
    auto database = sqlite::Database::open(path, {.synchronous = synchronous});
    if (!database) {
        return database.error();
    }
    try {
        if (const auto found = database->quick_check(); found != "ok") {
            return base::fail("database " + path + " is damaged: " + found);
        }
        if (auto migrated = migrate(*database); !migrated) {
            return base::fail("database " + path + ": " + migrated.error().message);
        }
    } catch (const sqlite::Failure& failure) {
        return base::fail("database " + path + ": " + failure.what());
    }
    return std::unique_ptr<Store>(new Store(std::move(*database)));
}

// ---- nodes

void Store::upsert_node(const NodeRow& node) {
    database_
        .query(
            "INSERT INTO nodes(id, namespace, name, runtime_name, inputs_schema, "
            "outputs_schema, secrets, created_at, updated_at) VALUES(?,?,?,?,?,?,?,?,?) "
            "ON CONFLICT(namespace, name) DO UPDATE SET runtime_name = excluded.runtime_name, "
            "inputs_schema = excluded.inputs_schema, outputs_schema = excluded.outputs_schema, "
            "secrets = excluded.secrets")
        .bind_blob(node.id)
        .bind_all(node.namespace_name, node.name, node.runtime_name, node.inputs_schema,
                  node.outputs_schema, text_list_to_json(node.secrets), node.created_at,
                  node.updated_at)
        .run();
}

std::vector<NodeRow> Store::nodes(const std::string& namespace_name) {
    auto query = database_.query(
        "SELECT id, namespace, name, runtime_name, inputs_schema, outputs_schema, secrets, "
        "created_at, updated_at FROM nodes WHERE namespace = ? ORDER BY id");
    query.bind(namespace_name);
    std::vector<NodeRow> rows;
    while (query.step()) {
        rows.push_back(read_node(query));
    }
    return rows;
}

std::optional<NodeRow> Store::find_node(const std::string& namespace_name,
                                        const std::string& name) {
    auto query = database_.query(
        "SELECT id, namespace, name, runtime_name, inputs_schema, outputs_schema, secrets, "
        "created_at, updated_at FROM nodes WHERE namespace = ? AND name = ?");
    query.bind_all(namespace_name, name);
    return query.step() ? std::optional(read_node(query)) : std::nullopt;
}

std::vector<std::string> Store::namespaces() {
    auto query = database_.query("SELECT DISTINCT namespace FROM nodes ORDER BY namespace");
    std::vector<std::string> names;
    while (query.step()) {
        names.push_back(query.text(0));
    }
    return names;
}

// ---- graph templates

void Store::upsert_graph(const GraphRow& graph) {
    database_
        .query(
            "INSERT INTO graphs(id, namespace, name, template, validation_status, "
            "validation_errors, created_at, updated_at) VALUES(?,?,?,?,?,?,?,?) "
            "ON CONFLICT(namespace, name) DO UPDATE SET template = excluded.template, "
            "validation_status = excluded.validation_status, "
            "validation_errors = excluded.validation_errors, updated_at = excluded.updated_at")
        .bind_blob(graph.id)
        .bind_all(graph.namespace_name, graph.name, graph.template_json, graph.validation_status,
                  text_list_to_json(graph.validation_errors), graph.created_at, graph.updated_at)
        .run();
    auto find = database_.query("SELECT seq FROM graphs WHERE namespace = ? AND name = ?");
    find.bind_all(graph.namespace_name, graph.name).step();
    const auto seq = find.integer(0);
    database_.query("DELETE FROM secrets WHERE graph = ?").bind(seq).run();
    std::int64_t position = 0;
    for (const auto& [name, ciphertext] : graph.secrets) {
        database_.query("INSERT INTO secrets(graph, position, name, ciphertext) VALUES(?,?,?,?)")
            .bind_all(seq, position++, name, ciphertext)
            .run();
    }
}

std::optional<GraphRow> Store::find_graph(const std::string& namespace_name,
                                          const std::string& name) {
    auto query = database_.query(std::string(select_graph) + "WHERE namespace = ? AND name = ?");
    query.bind_all(namespace_name, name);
    if (!query.step()) {
        return std::nullopt;
    }
    auto graph = read_graph(query);
    graph.secrets = read_secrets(database_, graph.seq);
    return graph;
}

std::vector<GraphRow> Store::graphs(const std::string& namespace_name) {
    auto query = database_.query(std::string(select_graph) + "WHERE namespace = ? ORDER BY seq");
    query.bind(namespace_name);
    std::vector<GraphRow> rows;
    while (query.step()) {
        rows.push_back(read_graph(query));
        rows.back().secrets = read_secrets(database_, rows.back().seq);
    }
    return rows;
}

// ---- runs

Seq Store::insert_run(const RunRow& run, const TextPairs& store) {
    database_.query("INSERT INTO runs(id, namespace, graph_name, created_at) VALUES(?,?,?,?)")
        .bind_all(run.id, run.namespace_name, run.graph_name, run.created_at)
        .run();
    const auto seq = database_.last_insert_rowid();
    for (const auto& [key, value] : store) {
        database_.query("INSERT INTO store(run, key, value) VALUES(?,?,?)")
            .bind_all(seq, key, value)
            .run();
    }
    return seq;
}

std::optional<std::string> Store::store_value(Seq run, const std::string& key) {
    auto query = database_.query("SELECT value FROM store WHERE run = ? AND key = ?");
    query.bind_all(run, key);
    return query.step() ? std::optional(query.text(0)) : std::nullopt;
}

std::vector<RunRow> Store::runs(const std::string& namespace_name, std::int64_t page,
                                std::int64_t size) {
    auto query = database_.query(std::string(select_run) +
                                 "WHERE namespace = ? ORDER BY seq DESC LIMIT ? OFFSET ?");
    const auto limit = size == 0 ? std::int64_t{-1} : size;
    std::int64_t offset = 0;
    if (__builtin_mul_overflow(page - 1, size, &offset)) {
        return {};
    }
    query.bind_all(namespace_name, limit, offset);
    std::vector<RunRow> rows;
    while (query.step()) {
        rows.push_back(read_run(query));
    }
    return rows;
}

std::int64_t Store::count_runs(const std::string& namespace_name) {
    auto query = database_.query("SELECT count(*) FROM runs WHERE namespace = ?");
    query.bind(namespace_name).step();
    return query.integer(0);
}

std::optional<RunRow> Store::find_run(const std::string& run_id) {
    auto query = database_.query(std::string(select_run) + "WHERE id = ?");
    query.bind(run_id);
    return query.step() ? std::optional(read_run(query)) : std::nullopt;
}

void Store::add_to_run(Seq run, const StatusCounts& difference) {
    auto query = database_.query(
        "UPDATE runs SET created = created + ?, queued = queued + ?, executed = executed + ?, "
        "errored = errored + ?, next_created_error = next_created_error + ?, "
        "success = success + ?, pruned = pruned + ?, retry_created = retry_created + ? "
        "WHERE seq = ?");
    for (const auto count : difference.of) {
        query.bind(count);
    }
    query.bind(run).run();
}

}  // namespace exo::embedded
