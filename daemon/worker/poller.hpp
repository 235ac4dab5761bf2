// Asks the server for states, one loop per group: slots first, then the enqueue, which is never
// aborted. Adapts its pace: at once after a full batch, backing off to poll_interval when there is
// nothing. io thread; owned by Worker.
#pragma once

#include <functional>

#include "worker/core.hpp"

namespace exo::worker {

class Poller {
  public:
    // serve: takes over a journaled claim (and starts a coroutine for it).
    Poller(Core& core, std::function<void(ClaimPtr)> serve)
        : core_(core), serve_(std::move(serve)) {}

    Awaitable<void> poll(Group& group);  // until core.draining

  private:
    Awaitable<void> take(Group& group, EnqueueAnswer answer,
                         std::chrono::steady_clock::time_point asked_at);
    bool went_on_under(ClaimSeq seq, const model::ClaimedState& state);
    void note_contact(const Answer& answer, base::Millis retry_in);
    Core& core_;
    std::function<void(ClaimPtr)> serve_;
};

}  // namespace exo::worker
