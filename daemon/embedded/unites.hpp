// Joining branches: when a uniting node is due, and the fingerprint that lets it be created once.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "embedded/graph_template.hpp"

namespace exo::embedded {

// What is known of one state's descendants.
struct DescendantCounts {
    std::int64_t pending = 0;   // CREATED, QUEUED, EXECUTED
    std::int64_t blocking = 0;  // ERRORED, NEXT_CREATED_ERROR, PRUNED
    friend bool operator==(const DescendantCounts&, const DescendantCounts&) = default;
};

// ALL_SUCCESS: every descendant ended well or was replaced by a retry. ALL_DONE: none is pending.
bool unites_satisfied(UnitesStrategy strategy, const DescendantCounts& counts);

struct FingerprintInput {
    std::string graph_name, identifier, manual_retry_fanout_id, namespace_name, node_name, run_id;
    TextPairs parents;  // identifier, state id
    std::int64_t retry_count = 0;
};

// Lower-hex SHA-256 of the canonical JSON (keys sorted, no spaces, ASCII), as upstream computes it.
std::string state_fingerprint(const FingerprintInput& input);

}  // namespace exo::embedded
