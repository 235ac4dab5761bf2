// What the worker needs from outside: a state manager, a journal, nodes to execute. Abstract;
// implemented in remote/, journal/ (in memory: worker/memory_journal) and plugin/. All methods are
// called on the worker's io thread, and every awaitable completes there.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "model/node_schema.hpp"
#include "model/state.hpp"

namespace exo::worker {

template <class T>
using Awaitable = boost::asio::awaitable<T>;

// ---- state manager
// -----------------------------------------------------------------------------------------------

// What became of a request, as far as we can know. Which HTTP answers mean what:
// docs/protocol-notes.md.
struct Answer {
    enum class Kind {
        accepted,         // 2xx of the expected shape
        already_settled,  // 400 "State is not queued", "... or executed", "State is already
                          // executed"
        not_found,        // 404 "State not found"
        unauthorized,     // 401, 403
        refused,          // any other definite no: 400, 404 of another kind, 413, 422, ...
        ambiguous,  // 5xx, 429, time-out, cut connection, a 2xx that is not ours: it may have been
                    // processed
        not_sent,   // certain: nothing reached the server (refused connect, no route, TLS refused)
    };
    Kind kind = Kind::ambiguous;
    int status = 0;      // HTTP status, 0 if there was no answer
    std::string detail;  // for logs and error texts; never a secret
};

struct EnqueueAnswer {
    Answer answer;
    std::vector<model::ClaimedState> states;
    // States that came with an id but cannot be used (no node name, too large, malformed): to be
    // errored by id.
    std::vector<std::pair<model::StateId, std::string>> unusable;
    bool long_poll = false;  // the server announced x-exosphere-long-poll
    bool claims = false;     // the server announced x-exosphere-claims
};

struct SecretsAnswer {
    Answer answer;
    std::vector<std::pair<std::string, std::string>> secrets;  // wiped by the caller after use
};

class StateManager {
  public:
    virtual ~StateManager() = default;
    virtual Awaitable<Answer> register_nodes(std::vector<model::NodeSchema> nodes) = 0;
    // Never cancelled, no time-out of its own beyond a long one: the answer holds states whose ids
    // nobody else knows.
    virtual Awaitable<EnqueueAnswer> enqueue(std::vector<std::string> nodes, std::size_t batch_size,
                                             std::chrono::milliseconds wait) = 0;
    // `claim` 0: not sent.
    virtual Awaitable<Answer> report(model::StateId state, std::uint64_t claim,
                                     std::shared_ptr<const model::Outcome> outcome) = 0;
    virtual Awaitable<SecretsAnswer> secrets(model::StateId state, std::uint64_t claim) = 0;
    // Reads the API key again from its source (file, credential). After a 401.
    virtual void reload_key() = 0;
};

// ---- journal
// -----------------------------------------------------------------------------------------------------

using ClaimSeq = std::uint64_t;  // ours; one per claim, grows

// Write order: claim -> started -> outcome -> settled; each awaitable returns when its record is
// committed (recovery-rules.md). A failed commit means: no new claims, no new starts.
class Journal {
  public:
    virtual ~Journal() = default;
    virtual Awaitable<base::Result<std::vector<ClaimSeq>>> claim(
        std::span<const model::ClaimedState> states) = 0;
    virtual Awaitable<base::Result<>> started(ClaimSeq seq) = 0;
    virtual Awaitable<base::Result<>> outcome(ClaimSeq seq,
                                              std::shared_ptr<const model::Outcome> outcome) = 0;
    // Before the first send of a re-enqueue-after or a hand-back (rules 10 and 11).
    virtual Awaitable<base::Result<>> sending_requeue(ClaimSeq seq, base::WallTime first_sent) = 0;
    virtual Awaitable<base::Result<>> uncertain(ClaimSeq seq) = 0;
    virtual void settled(ClaimSeq seq) = 0;  // may lag
};

// ---- nodes
// -------------------------------------------------------------------------------------------------------

// A node that gave up because it was cancelled: handed back when draining, errored on a timeout.
struct GaveUp {};
using CallResult = std::variant<model::Outcome, GaveUp>;

struct CallRequest {
    model::StateId state_id;
    std::string identifier;
    std::vector<std::string> inputs;   // positional, in schema order, defaults applied
    std::vector<std::string> secrets;  // positional; wiped when the call has ended
    std::optional<std::chrono::steady_clock::time_point>
        deadline;  // what cancelled() compares with
    // Called at most once, on a pool thread, when execute() returned EXO_ASYNC and the call is not
    // finished: it waits without a thread from now on. May be empty.
    std::function<void()> on_waiting;
};

// One execution under way. Dropping the pointer does not end the call.
class RunningCall {
  public:
    virtual ~RunningCall() = default;
    virtual void
    cancel() = 0;  // cancelled() says 1 from now on, the node's cancel() hook is called once
};

// One node of one plugin generation.
class ExecutableNode {
  public:
    virtual ~ExecutableNode() = default;
    virtual const model::NodeSchema& schema() const = 0;
    virtual std::string_view plugin() const = 0;   // plugin's name
    virtual std::string_view version() const = 0;  // plugin's version
    // Runs on the thread pool; done is called exactly once, on a pool thread or any thread of the
    // plugin's, never from inside start(). Outcomes are validated: positional counts, UTF-8, at
    // most 15 MiB, secrets redacted in error texts. Nothing throws out of here.
    virtual std::shared_ptr<RunningCall> start(CallRequest request,
                                               std::function<void(CallResult)> done) = 0;
};

class NodeExecutor {
  public:
    virtual ~NodeExecutor() = default;
    // The nodes that serve now; names are unique.
    virtual std::vector<std::shared_ptr<ExecutableNode>> nodes() const = 0;
};

}  // namespace exo::worker
