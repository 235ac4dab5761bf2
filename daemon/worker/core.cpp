#include "worker/core.hpp"

#include <algorithm>

#include "worker/decisions.hpp"

namespace exo::worker {
namespace {

std::size_t minus(std::size_t a, std::size_t b) { return a > b ? a - b : 0; }

}  // namespace

void update_mean(std::chrono::nanoseconds& mean, std::chrono::nanoseconds sample) {
    sample = std::max(sample, std::chrono::nanoseconds(1));
    mean = mean.count() == 0 ? sample : mean + (sample - mean) / 8;
}

Awaitable<void> Core::pause(base::Millis duration) {
    const auto until = std::chrono::steady_clock::now() + duration;
    while (!draining && std::chrono::steady_clock::now() < until) {
        co_await drain_changed.wait_until(until);
    }
}

std::size_t Core::free_slots(const Group& group) const {
    if (draining || counters.unreported - counters.parked >= options.max_unreported) return 0;
    if (group.limit) return minus(*group.limit, group.taken);

    // Nodes with a limit of their own have their share set aside, so that batch_size holds for all
    // together.
    std::size_t set_aside = 0;
    for (const auto& other : groups) set_aside += other.limit.value_or(0);
    const auto limit = std::max<std::size_t>(minus(options.batch_size, set_aside), 1);

    // A call that has been running for long says more about the present than the mean of those that
    // ended.
    auto execution = mean_execution;
    if (!running_since.empty() && execution.count() > 0) {
        execution = std::max<std::chrono::nanoseconds>(
            execution, std::chrono::steady_clock::now() - running_since.front());
    }
    const auto target = claim_target(options.workers, limit, execution, mean_round_trip);
    return std::min(minus(target, group.taken), minus(options.max_async, counters.waiting_async));
}

void Core::release_slot(Claim& claim) {
    if (!claim.holds_slot) return;
    claim.holds_slot = false;
    --claim.group->taken;
    slots_changed.notify_all();
}

Awaitable<void> Core::take_slot_again(Claim& claim) {
    while (!draining && free_slots(*claim.group) == 0) co_await slots_changed.wait();
    if (draining) co_return;
    claim.holds_slot = true;
    ++claim.group->taken;
}

}  // namespace exo::worker
