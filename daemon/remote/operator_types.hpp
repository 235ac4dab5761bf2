// What operators hear from a state manager: graphs, runs, states, as plain values. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

namespace exo::remote {

using KeyValues = std::vector<std::pair<std::string, std::string>>;

struct OperatorError {
    enum class Kind {
        unreachable,   // no answer
        unauthorized,  // 401, 403
        not_found,     // 404 with a detail
        refused,       // any other definite no
        not_ours,      // an answer, but not a state manager's: HTML, another JSON, a proxy's 502
    };
    Kind kind = Kind::refused;
    int status = 0;       // of HTTP; 0 if there was no answer
    std::string message;  // one or more lines for people; never a key or a secret
};

[[noreturn]] void throw_exception_from_error(const OperatorError& error,
                                             const boost::source_location& where);

template <class T = void>
using OperatorResult = boost::system::result<T, OperatorError>;

struct RegisteredNode {
    std::string name;
    std::string runtime_name;
    std::vector<std::string> inputs, outputs, secrets;  // names of fields
};

struct GraphNode {
    std::string identifier, node_name, namespace_name;
    std::vector<std::string> next_nodes;
    std::string unites;  // identifier, or empty
};

struct GraphTemplate {
    std::string name;
    std::string validation_status;  // PENDING, VALID, INVALID
    std::vector<std::string> validation_errors;
    std::vector<GraphNode> nodes;
    std::vector<std::string> secrets;  // names only: some servers send the ciphertext
    std::string created_at, updated_at;
};

struct RunRow {
    std::string run_id, graph_name, status, created_at;
    std::int64_t success = 0, pending = 0, errored = 0, retried = 0, total = 0;
};

struct RunsPage {
    std::int64_t total = 0, page = 1, size = 0;
    std::vector<RunRow> runs;
};

struct RunState {
    std::string id, node_name, identifier, status, error;
};

struct RunGraph {
    std::string graph_name;
    std::vector<RunState> states;
    std::vector<std::pair<std::string, std::string>> edges;  // parent's id, child's id
};

struct NodeDetails {
    std::string id, node_name, identifier, status, error;
    KeyValues inputs, outputs;  // values that are not strings are JSON text
    std::string created_at, updated_at;
};

}  // namespace exo::remote
