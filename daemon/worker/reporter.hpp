// Tells the server an outcome until it is settled, however long that takes. Never two reports of
// one state at once; a success never becomes an error because its report failed. io thread; owned
// by Worker.
#pragma once

#include <memory>

#include "worker/core.hpp"

namespace exo::worker {

class Reporter {
  public:
    explicit Reporter(Core& core) : core_(core) {}

    enum class End {
        settled,     // the claim is over
        resume_here  // a re-enqueue whose fate is unknown: run the state again here, as uncertain
    };
    // The outcome must be journaled already. Ends only when the server has answered.
    Awaitable<End> report(ClaimPtr claim, std::shared_ptr<const model::Outcome> outcome);

    // Gives a state that never started (or gave up) back to other workers, rule 11. Leaves it in
    // the journal if the server gives no certain answer in time.
    Awaitable<void> hand_back(ClaimPtr claim);

  private:
    class Unreported;
    struct RequeueEnd {
        enum class Kind { accepted, settled_before, refused, unknown };
        Kind kind = Kind::unknown;
        bool first_try = false;
        base::WallTime first_sent;
        Answer answer;
    };
    Awaitable<RequeueEnd> send_requeue(ClaimPtr claim,
                                       std::shared_ptr<const model::Outcome> outcome);
    Awaitable<void> send_until_answered(ClaimPtr claim,
                                        std::shared_ptr<const model::Outcome> outcome,
                                        Unreported& unreported);
    void note_contact(const Answer& answer);
    void log_answer(const Claim& claim, const model::Outcome& outcome, const Answer& answer,
                    unsigned attempt, base::Millis pause);
    Core& core_;
    unsigned accepted_ = 0;  // wraps; tells whether others get through
};

}  // namespace exo::worker
