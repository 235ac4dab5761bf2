// States: claiming, changing, their inputs and outputs, and what lies below them.
#include <stdexcept>
#include <unordered_set>

#include "embedded/store.hpp"

namespace exo::embedded {

namespace {

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
