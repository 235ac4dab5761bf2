// What the worker decides, as pure functions of what it knows: how much to claim, what inputs a
// node gets, what a report's answer means. No I/O, no clock, no randomness of their own; any
// thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "model/node_schema.hpp"
#include "model/state.hpp"
#include "worker/options.hpp"
#include "worker/ports.hpp"

namespace exo::worker {

// ---- claim-ahead
// ---------------------------------------------------------------------------------------------------

// How many states to hold at once so that `threads` threads stay busy for one `round_trip` at
// `mean_execution` each (Little's law): between threads and limit. Unknown times (zero) count as
// slow: nothing is hoarded.
std::size_t claim_target(unsigned threads, std::size_t limit,
                         std::chrono::nanoseconds mean_execution,
                         std::chrono::nanoseconds round_trip);

// ---- inputs
// --------------------------------------------------------------------------------------------------------

// The node's inputs in schema order, defaults applied. An input that is missing or not a string
// fails with a text that names it: it travels to the state's `error`. Extra inputs are ignored.
base::Result<std::vector<std::string>> bind_inputs(const model::NodeSchema& schema,
                                                   const std::vector<model::Input>& inputs);

// Likewise for secrets: a missing one fails, and its value is in no text.
base::Result<std::vector<std::string>> bind_secrets(
    const model::NodeSchema& schema,
    const std::vector<std::pair<std::string, std::string>>& secrets);

// ---- reports
// -------------------------------------------------------------------------------------------------------

struct ReportStep {
    enum class Kind {
        settled,         // done, as we wanted
        settled_before,  // it had arrived, or somebody else settled it
        unknown_state,   // the server does not know the state (404)
        again,           // the same report after `pause`
        reload_key,      // 401/403: read the key again, then the same report after `pause`
        report_errored,  // a definite no to an executed: the state would hang, say errored instead
        park,            // a definite no to that as well: kept, shown, retried rarely
    };
    Kind kind = Kind::settled;
    base::Millis pause{0};
};

// `attempt` counts from 0, the first send; random01 in [0, 1).
ReportStep after_report(const model::Outcome& outcome, const Answer& answer, unsigned attempt,
                        const Timing& timing, double random01);

// Rule 10: whether a node's Requeue waits here (true) or is sent to the server.
bool requeue_stays_here(base::Millis after, bool uncertain, const Timing& timing);

// Rules 10 and 11: whether a re-enqueue-after whose answer was ambiguous may be sent once more:
// only while nobody can have claimed the state on the strength of the first.
bool may_send_requeue_again(base::WallTime now, base::WallTime first_sent, base::Millis after,
                            const Timing& timing);

std::string_view to_string(Answer::Kind kind);

}  // namespace exo::worker
