#include "embedded/store.hpp"

#include <unordered_set>

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

constexpr const char* select_state =
    "SELECT s.seq, s.id, s.run, s.queue, q.node_name, q.namespace, r.id, r.graph_name, "
    "r.namespace, s.identifier, s.status, s.parent, s.inputs, s.enqueue_after, s.retry_count, "
    "s.fanout_id, s.manual_retry_fanout_id, s.fingerprint, s.error, s.created_at, s.updated_at "
    "FROM states s JOIN queues q ON q.seq = s.queue JOIN runs r ON r.seq = s.run ";

StateRow read_state(const sqlite::Query& row) {
    StateRow state;
    state.seq = row.integer(0);
    state.id = row.text(1);
    state.run = row.integer(2);
    state.queue = row.integer(3);
    state.node_name = row.text(4);
    state.namespace_name = row.text(5);
    state.run_id = row.text(6);
    state.graph_name = row.text(7);
    state.graph_namespace = row.text(8);
    state.identifier = row.text(9);
    state.status = static_cast<StateStatus>(row.integer(10));
    state.parent = row.optional_integer(11);
    state.inputs = row.integer(12);
    state.enqueue_after = row.integer(13);
    state.retry_count = row.integer(14);
    state.fanout_id = row.optional_text(15);
    state.manual_retry_fanout_id = row.text(16);
    state.fingerprint = row.optional_text(17);
    state.error = row.optional_text(18);
    state.created_at = row.integer(19);
    state.updated_at = row.integer(20);
    return state;
}

std::string text_or(sqlite::Query query, const std::string& otherwise) {
    return query.step() ? query.text(0) : otherwise;
}

int number(StateStatus status) { return static_cast<int>(status); }

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

// ---- states

std::optional<Seq> Store::find_queue(const std::string& namespace_name,
                                     const std::string& node_name) {
    auto query = database_.query("SELECT seq FROM queues WHERE namespace = ? AND node_name = ?");
    query.bind_all(namespace_name, node_name);
    return query.step() ? std::optional(query.integer(0)) : std::nullopt;
}

Seq Store::queue(const std::string& namespace_name, const std::string& node_name) {
    if (const auto found = find_queue(namespace_name, node_name)) {
        return *found;
    }
    database_.query("INSERT INTO queues(namespace, node_name) VALUES(?,?)")
        .bind_all(namespace_name, node_name)
        .run();
    return database_.last_insert_rowid();
}

Seq Store::insert_inputs(const std::string& inputs_json) {
    database_.query("INSERT INTO inputs(body) VALUES(?)").bind(inputs_json).run();
    return database_.last_insert_rowid();
}

std::string Store::inputs(Seq inputs) {
    auto query = database_.query("SELECT body FROM inputs WHERE seq = ?");
    query.bind(inputs);
    return text_or(std::move(query), "{}");
}

Seq Store::insert_state(const StateRow& state) {
    database_
        .query(
            "INSERT INTO states(id, run, queue, identifier, status, parent, inputs, "
            "enqueue_after, retry_count, fanout_id, manual_retry_fanout_id, fingerprint, error, "
            "created_at, updated_at) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
        .bind_blob(state.id)
        .bind_all(state.run, state.queue, state.identifier, number(state.status), state.parent,
                  state.inputs, state.enqueue_after, state.retry_count, state.fanout_id,
                  state.manual_retry_fanout_id, state.fingerprint, state.error, state.created_at,
                  state.updated_at)
        .run();
    return database_.last_insert_rowid();
}

std::optional<StateRow> Store::find_state(const std::string& id) {
    auto query = database_.query(std::string(select_state) + "WHERE s.id = ?");
    query.bind_blob(id);
    return query.step() ? std::optional(read_state(query)) : std::nullopt;
}

StateRow Store::state(Seq seq) {
    auto query = database_.query(std::string(select_state) + "WHERE s.seq = ?");
    if (!query.bind(seq).step()) {
        throw std::runtime_error("the database has no state " + std::to_string(seq));
    }
    return read_state(query);
}

std::vector<StateRow> Store::states_of_run(Seq run) {
    auto query = database_.query(std::string(select_state) + "WHERE s.run = ? ORDER BY s.seq");
    query.bind(run);
    std::vector<StateRow> rows;
    while (query.step()) {
        rows.push_back(read_state(query));
    }
    return rows;
}

std::vector<DueState> Store::due_states(Seq queue, std::int64_t now, std::size_t limit) {
    // `status = 0` is written out so that the partial index serves.
    auto query = database_.query(
        "SELECT seq, inputs, enqueue_after FROM states WHERE status = 0 AND queue = ? AND "
        "enqueue_after <= ? ORDER BY enqueue_after, seq LIMIT ?");
    query.bind_all(queue, now, static_cast<std::int64_t>(limit));
    std::vector<DueState> due;
    while (query.step()) {
        due.push_back({query.integer(0), query.integer(1), query.integer(2)});
    }
    return due;
}

std::optional<std::int64_t> Store::next_due_after(Seq queue, std::int64_t now) {
    auto query = database_.query(
        "SELECT enqueue_after FROM states WHERE status = 0 AND queue = ? AND enqueue_after > ? "
        "ORDER BY enqueue_after LIMIT 1");
    query.bind_all(queue, now);
    return query.step() ? std::optional(query.integer(0)) : std::nullopt;
}

void Store::set_status(Seq state, StateStatus status, std::int64_t updated_at) {
    database_.query("UPDATE states SET status = ?, updated_at = ? WHERE seq = ?")
        .bind_all(number(status), updated_at, state)
        .run();
}

void Store::set_queued(Seq state) {
    database_.query("UPDATE states SET status = 1 WHERE seq = ?").bind(state).run();
}

void Store::set_error(Seq state, const std::string& error) {
    database_.query("UPDATE states SET error = ? WHERE seq = ?").bind_all(error, state).run();
}

void Store::requeue(Seq state, std::int64_t enqueue_after, std::int64_t updated_at) {
    database_.query("UPDATE states SET status = 0, enqueue_after = ?, updated_at = ? WHERE seq = ?")
        .bind_all(enqueue_after, updated_at, state)
        .run();
}

void Store::set_outputs(Seq state, const std::string& outputs_json) {
    database_.query("INSERT OR REPLACE INTO outputs(state, body) VALUES(?,?)")
        .bind_all(state, outputs_json)
        .run();
}

std::string Store::outputs(Seq state) {
    auto query = database_.query("SELECT body FROM outputs WHERE state = ?");
    query.bind(state);
    return text_or(std::move(query), "{}");
}

void Store::set_prune_data(Seq state, const std::string& data_json) {
    database_.query("INSERT OR REPLACE INTO prune_data(state, body) VALUES(?,?)")
        .bind_all(state, data_json)
        .run();
}

bool Store::has_fingerprint(const std::string& fingerprint) {
    return database_.query("SELECT 1 FROM states WHERE fingerprint = ?").bind(fingerprint).step();
}

bool Store::has_fanout(const StateRow& like, const std::string& fanout_id) {
    return database_
        .query(
            "SELECT 1 FROM states WHERE run = ? AND identifier = ? AND queue = ? AND "
            "retry_count = 0 AND fanout_id = ?")
        .bind_all(like.run, like.identifier, like.queue, fanout_id)
        .step();
}

// ---- ancestors and what they unite

std::vector<Ancestor> Store::ancestors(const StateRow& state) {
    std::vector<Ancestor> chain;
    for (auto next = state.parent; next;) {
        auto query = database_.query(
            "SELECT s.seq, s.id, s.identifier, s.parent, d.pending, d.blocking FROM states s "
            "LEFT JOIN descendants d ON d.state = s.seq WHERE s.seq = ?");
        if (!query.bind(*next).step()) {
            break;
        }
        chain.push_back({query.integer(0), query.text(1), query.text(2), std::nullopt});
        if (!query.is_null(4)) {
            chain.back().counts = DescendantCounts{query.integer(4), query.integer(5)};
        }
        next = query.optional_integer(3);
    }
    return {chain.rbegin(), chain.rend()};
}

void Store::track_descendants(Seq state, const DescendantCounts& counts) {
    database_.query("INSERT OR REPLACE INTO descendants(state, pending, blocking) VALUES(?,?,?)")
        .bind_all(state, counts.pending, counts.blocking)
        .run();
}

void Store::add_descendants(Seq state, const DescendantCounts& difference) {
    database_
        .query(
            "UPDATE descendants SET pending = pending + ?, blocking = blocking + ? "
            "WHERE state = ?")
        .bind_all(difference.pending, difference.blocking, state)
        .run();
}

std::optional<DescendantCounts> Store::descendants(Seq state) {
    auto query = database_.query("SELECT pending, blocking FROM descendants WHERE state = ?");
    query.bind(state);
    return query.step() ? std::optional(DescendantCounts{query.integer(0), query.integer(1)})
                        : std::nullopt;
}

DescendantCounts Store::count_descendants(Seq run, Seq state) {
    auto query =
        database_.query("SELECT seq, parent, status FROM states WHERE run = ? ORDER BY seq");
    query.bind(run);
    DescendantCounts counts;
    std::unordered_set<Seq> below{state};  // a state comes after the one it follows
    while (query.step()) {
        if (query.is_null(1) || below.count(query.integer(1)) == 0) {
            continue;
        }
        below.insert(query.integer(0));
        const auto status = static_cast<StateStatus>(query.integer(2));
        counts.pending += is_pending(status) ? 1 : 0;
        counts.blocking += is_blocking(status) ? 1 : 0;
    }
    return counts;
}

}  // namespace exo::embedded
