#include "embedded/store_schema.hpp"

#include <array>

namespace exo::embedded {

namespace {

// Statuses are the numbers of state_status.hpp. States are small and change often, so their inputs
// and outputs stand apart: a change of status never rewrites them.
constexpr const char* version_1 = R"sql(
CREATE TABLE nodes(
    id BLOB NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, runtime_name TEXT NOT NULL,
    inputs_schema TEXT NOT NULL, outputs_schema TEXT NOT NULL, secrets TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    PRIMARY KEY(namespace, name)) WITHOUT ROWID;

CREATE TABLE graphs(
    seq INTEGER PRIMARY KEY, id BLOB NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
    template TEXT NOT NULL, validation_status TEXT NOT NULL, validation_errors TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    UNIQUE(namespace, name));
CREATE TABLE secrets(
    graph INTEGER NOT NULL REFERENCES graphs(seq) ON DELETE CASCADE, position INTEGER NOT NULL,
    name TEXT NOT NULL, ciphertext TEXT NOT NULL,
    PRIMARY KEY(graph, position)) WITHOUT ROWID;

CREATE TABLE runs(
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, namespace TEXT NOT NULL,
    graph_name TEXT NOT NULL, created_at INTEGER NOT NULL,
    created INTEGER NOT NULL DEFAULT 0, queued INTEGER NOT NULL DEFAULT 0,
    executed INTEGER NOT NULL DEFAULT 0, errored INTEGER NOT NULL DEFAULT 0,
    next_created_error INTEGER NOT NULL DEFAULT 0, success INTEGER NOT NULL DEFAULT 0,
    pruned INTEGER NOT NULL DEFAULT 0, retry_created INTEGER NOT NULL DEFAULT 0);
CREATE INDEX runs_of_namespace ON runs(namespace, seq);
CREATE TABLE store(
    run INTEGER NOT NULL REFERENCES runs(seq) ON DELETE CASCADE, key TEXT NOT NULL,
    value TEXT NOT NULL, PRIMARY KEY(run, key)) WITHOUT ROWID;

CREATE TABLE queues(
    seq INTEGER PRIMARY KEY, namespace TEXT NOT NULL, node_name TEXT NOT NULL,
    UNIQUE(namespace, node_name));
CREATE TABLE inputs(seq INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE states(
    seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, run INTEGER NOT NULL, queue INTEGER NOT NULL,
    identifier TEXT NOT NULL, status INTEGER NOT NULL, parent INTEGER, inputs INTEGER NOT NULL,
    enqueue_after INTEGER NOT NULL, retry_count INTEGER NOT NULL, fanout_id TEXT,
    manual_retry_fanout_id TEXT NOT NULL, fingerprint TEXT, error TEXT,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE INDEX states_due ON states(queue, enqueue_after, seq) WHERE status = 0;
CREATE INDEX states_of_run ON states(run);
CREATE UNIQUE INDEX states_by_fingerprint ON states(fingerprint) WHERE fingerprint IS NOT NULL;
CREATE UNIQUE INDEX states_by_fanout ON states(run, identifier, queue, retry_count, fanout_id)
    WHERE fanout_id IS NOT NULL;
CREATE TABLE outputs(state INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE prune_data(state INTEGER PRIMARY KEY, body TEXT NOT NULL);

-- How many descendants of a state are pending or ended badly; only for states that a node unites.
CREATE TABLE descendants(
    state INTEGER PRIMARY KEY, pending INTEGER NOT NULL, blocking INTEGER NOT NULL);
)sql";

constexpr std::array<const char*, 1> versions{version_1};

}  // namespace

base::Result<> migrate(sqlite::Database& database) {
    const auto newest = static_cast<int>(versions.size());
    const int found = database.schema_version();
    if (found > newest) {
        return base::fail("its schema has version " + std::to_string(found) +
                          ", this program knows versions up to " + std::to_string(newest));
    }
    for (int version = found; version < newest; ++version) {
        sqlite::Transaction transaction(database);
        database.execute(versions[static_cast<std::size_t>(version)]);
        database.set_schema_version(version + 1);
        transaction.commit();
    }
    return {};
}

}  // namespace exo::embedded
