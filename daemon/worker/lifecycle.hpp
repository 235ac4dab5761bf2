// A node's lifecycle as the user's guide draws it:
//   Registered -> Ready -> Executing (ValidateInputs -> ProcessData -> ValidateOutputs) ->
//   Completed | Failed -> Ready
// A pure state machine, one value per execution, and a tally per node. No I/O; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace exo::worker {

enum class Phase {
    registered,
    ready,
    validate_inputs,
    process_data,
    validate_outputs,
    completed,
    failed,
};
std::string_view to_string(Phase phase);
bool is_executing(Phase phase);

enum class Event {
    accepted,  // the state manager took the registration
    claimed,   // a state of this node arrived
    inputs_valid,
    inputs_invalid,
    returned,  // the node's code ended with an outcome to check
    threw,     // it failed, timed out or gave up
    outputs_valid,
    outputs_invalid,
    reset,  // back to ready, after completed or failed
};

// The next phase, or nothing if the event makes no sense there (a bug of the caller).
std::optional<Phase> next(Phase phase, Event event);

// What `status` shows of a node: where its executions are and how they ended.
struct NodeTally {
    bool registered = false;
    std::uint64_t executing = 0;
    std::uint64_t completed = 0;
    std::uint64_t failed = 0;
    Phase phase() const {
        if (!registered) return Phase::registered;
        return executing > 0 ? Phase::process_data : Phase::ready;
    }
};

}  // namespace exo::worker
