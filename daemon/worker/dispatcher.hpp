// Brings one claimed state to its outcome: inputs, secrets, its turn on the pool, the node, and
// then the report. One coroutine per claim. io thread; owned by Worker.
#pragma once

#include <optional>
#include <set>

#include "worker/call_wait.hpp"
#include "worker/core.hpp"
#include "worker/reporter.hpp"

namespace exo::worker {

class Dispatcher {
  public:
    Dispatcher(Core& core, Reporter& reporter) : core_(core), reporter_(reporter) {}

    // From the journaled claim to the settled report. Registers the claim in core.claims for as
    // long as it is open.
    Awaitable<void> serve(ClaimPtr claim);

    // core.draining or core.drain_deadline changed: whoever waits looks again.
    void drain_changed();

  private:
    class Open;
    class Permit;
    // Nothing: it was not executed, or gave up, because the worker drains; to be handed back.
    Awaitable<std::optional<model::Outcome>> execute(ClaimPtr claim);
    Awaitable<std::optional<model::Outcome>> run_node(ClaimPtr claim,
                                                      std::shared_ptr<ExecutableNode> node,
                                                      Permit& permit,
                                                      std::vector<std::string> inputs,
                                                      std::vector<std::string> secrets);
    // The call did not end within the grace after its cancellation.
    std::optional<model::Outcome> write_off(const Claim& claim, const ExecutableNode& node,
                                            bool timed_out);
    // The node's secrets, asked for until they come or patience ends.
    Awaitable<base::Result<std::vector<std::string>>> fetch_secrets(
        ClaimPtr claim, const model::NodeSchema& schema);
    // Requeue that waits here: the slot is free meanwhile. False: the worker drains.
    Awaitable<bool> wait_here(ClaimPtr claim, base::Millis after);
    bool has_permit() const;
    void log_outcome(const Claim& claim, const model::Outcome& outcome) const;
    Core& core_;
    Reporter& reporter_;
    std::set<CallWait*> calls_;  // under way
};

}  // namespace exo::worker
