#include "worker/memory_journal.hpp"

namespace exo::worker {

Awaitable<base::Result<std::vector<ClaimSeq>>> MemoryJournal::claim(
    std::span<const model::ClaimedState> states) {
    std::vector<ClaimSeq> seqs;
    for (std::size_t i = 0; i < states.size(); ++i) seqs.push_back(next_++);
    co_return seqs;
}

Awaitable<base::Result<>> MemoryJournal::started(ClaimSeq /*seq*/) { co_return base::Result<>{}; }

Awaitable<base::Result<>> MemoryJournal::outcome(
    ClaimSeq /*seq*/, std::shared_ptr<const model::Outcome> /*outcome*/) {
    co_return base::Result<>{};
}

Awaitable<base::Result<>> MemoryJournal::sending_requeue(ClaimSeq /*seq*/,
                                                         base::WallTime /*first_sent*/) {
    co_return base::Result<>{};
}

Awaitable<base::Result<>> MemoryJournal::uncertain(ClaimSeq /*seq*/) { co_return base::Result<>{}; }

void MemoryJournal::settled(ClaimSeq /*seq*/) {}

}  // namespace exo::worker
