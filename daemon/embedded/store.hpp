// What the embedded state manager keeps, as rows: one method per question or change, all SQL of
// embedded/ is behind it. Decides nothing. Lives on the io thread; every write must happen inside a
// transaction that the caller has opened (CommitGroup). Throws sqlite::Failure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "embedded/graph_template.hpp"
#include "embedded/state_status.hpp"
#include "embedded/unites.hpp"
#include "sqlite/database.hpp"

namespace exo::embedded {

// Row numbers: they grow in the order of creation.
using Seq = std::int64_t;

struct NodeRow {
    std::string id;  // 12 bytes, like every id here
    std::string namespace_name, name, runtime_name;
    std::string inputs_schema, outputs_schema;  // JSON
    std::vector<std::string> secrets;
    std::int64_t created_at = 0, updated_at = 0;  // Unix ms, like every time here
};

struct GraphRow {
    Seq seq = 0;
    std::string id, namespace_name, name;
    std::string template_json;
    std::string validation_status;  // "VALID", "INVALID"
    std::vector<std::string> validation_errors;
    TextPairs secrets;  // name, ciphertext
    std::int64_t created_at = 0, updated_at = 0;
};

struct RunRow {
    Seq seq = 0;
    std::string id, namespace_name, graph_name;
    std::int64_t created_at = 0;
    StatusCounts counts;
};

struct StateRow {
    Seq seq = 0;
    std::string id;
    Seq run = 0;
    Seq queue = 0;
    std::string node_name, namespace_name;            // of the queue
    std::string run_id, graph_name, graph_namespace;  // of the run
    std::string identifier;
    StateStatus status = StateStatus::created;
    std::optional<Seq> parent;  // the state that this one follows; a uniting state follows what it
                                // unites
    Seq inputs = 0;             // shared by the siblings of a fan-out and by retries
    std::int64_t enqueue_after = 0;
    std::int64_t retry_count = 0;
    std::optional<std::string> fanout_id;  // none: its own
    std::string manual_retry_fanout_id;
    std::optional<std::string> fingerprint;  // of uniting states
    std::optional<std::string> error;
    std::int64_t created_at = 0, updated_at = 0;
};

// One ancestor, and what is known of its descendants if some node unites it.
struct Ancestor {
    Seq seq = 0;
    std::string id, identifier;
    std::optional<DescendantCounts> counts;
};

struct DueState {
    Seq seq = 0;
    Seq inputs = 0;
    std::int64_t enqueue_after = 0;
};

class Store {
  public:
    // Opens DATA_DIR/state-manager.db, brings its schema up to date and checks it.
    static base::Result<std::unique_ptr<Store>> open(const std::string& path,
                                                     sqlite::Synchronous synchronous);

    sqlite::Database& database() { return database_; }

    // ---- nodes
    void upsert_node(const NodeRow& node);
    std::vector<NodeRow> nodes(const std::string& namespace_name);
    std::optional<NodeRow> find_node(const std::string& namespace_name, const std::string& name);
    std::vector<std::string> namespaces();

    // ---- graph templates
    void upsert_graph(const GraphRow& graph);  // by namespace and name; keeps id and created_at
    std::optional<GraphRow> find_graph(const std::string& namespace_name, const std::string& name);
    std::vector<GraphRow> graphs(const std::string& namespace_name);

    // ---- runs
    Seq insert_run(const RunRow& run, const TextPairs& store);
    std::optional<std::string> store_value(Seq run, const std::string& key);
    // Newest first; size 0 = all.
    std::vector<RunRow> runs(const std::string& namespace_name, std::int64_t page,
                             std::int64_t size);
    std::int64_t count_runs(const std::string& namespace_name);
    std::optional<RunRow> find_run(const std::string& run_id);
    void add_to_run(Seq run, const StatusCounts& difference);

    // ---- states
    Seq queue(const std::string& namespace_name, const std::string& node_name);
    std::optional<Seq> find_queue(const std::string& namespace_name, const std::string& node_name);
    Seq insert_inputs(const std::string& inputs_json);
    std::string inputs(Seq inputs);
    Seq insert_state(const StateRow& state);  // ids, run, queue, parent and inputs by number
    std::optional<StateRow> find_state(const std::string& id);
    StateRow state(Seq seq);
    std::vector<StateRow> states_of_run(Seq run);  // in order of creation
    // Oldest first; at most `limit`.
    std::vector<DueState> due_states(Seq queue, std::int64_t now, std::size_t limit);
    std::optional<std::int64_t> next_due_after(Seq queue, std::int64_t now);
    void set_status(Seq state, StateStatus status, std::int64_t updated_at);
    // Does not count as an update, as upstream has it.
    void set_queued(Seq state);
    void set_error(Seq state, const std::string& error);
    void requeue(Seq state, std::int64_t enqueue_after, std::int64_t updated_at);
    void set_outputs(Seq state, const std::string& outputs_json);
    std::string outputs(Seq state);  // "{}" if there are none
    void set_prune_data(Seq state, const std::string& data_json);
    bool has_fingerprint(const std::string& fingerprint);
    bool has_fanout(const StateRow& like, const std::string& fanout_id);

    // ---- ancestors and what they unite
    std::vector<Ancestor> ancestors(const StateRow& state);  // oldest first
    void track_descendants(Seq state, const DescendantCounts& counts);
    void add_descendants(Seq state, const DescendantCounts& difference);
    std::optional<DescendantCounts> descendants(Seq state);
    // By looking at every state of the run: only for templates that were changed during it.
    DescendantCounts count_descendants(Seq run, Seq state);

  private:
    explicit Store(sqlite::Database database) : database_(std::move(database)) {}
    sqlite::Database database_;
};

}  // namespace exo::embedded
