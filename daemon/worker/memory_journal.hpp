// A journal that remembers nothing beyond the process: every commit succeeds at once. Stands behind
// the port until the durable one is chosen, and in tests. io thread.
#pragma once

#include "worker/ports.hpp"

namespace exo::worker {

class MemoryJournal final : public Journal {
  public:
    Awaitable<base::Result<std::vector<ClaimSeq>>> claim(
        std::span<const model::ClaimedState> states) override;
    Awaitable<base::Result<>> started(ClaimSeq seq) override;
    Awaitable<base::Result<>> outcome(ClaimSeq seq,
                                      std::shared_ptr<const model::Outcome> outcome) override;
    Awaitable<base::Result<>> sending_requeue(ClaimSeq seq, base::WallTime first_sent) override;
    Awaitable<base::Result<>> uncertain(ClaimSeq seq) override;
    void settled(ClaimSeq seq) override;

  private:
    ClaimSeq next_ = 1;
};

}  // namespace exo::worker
