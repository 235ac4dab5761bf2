#include "plugin/call_table.hpp"

#include <limits>
#include <random>

#include "plugin/call.hpp"

namespace exo::plugin {
namespace {

constexpr std::int64_t no_deadline = std::numeric_limits<std::int64_t>::max();
constexpr unsigned generation_shift = CallTable::slot_bits + CallTable::node_bits;

}  // namespace

CallTable::CallTable() {
    // A handle of one plugin must not happen to be valid in another: each starts somewhere else.
    std::random_device random;
    first_generation_ = random();
}

CallTable::~CallTable() {
    for (auto& chunk : chunks_) delete chunk.load();
}

CallTable::Slot* CallTable::at(std::size_t index) const noexcept {
    Chunk* const chunk = chunks_[index / chunk_size].load(std::memory_order_acquire);
    return chunk == nullptr ? nullptr : &(*chunk)[index % chunk_size];
}

CallTable::Slot* CallTable::find(const exo_call* handle) const noexcept {
    if (handle == nullptr) return nullptr;
    Slot* const slot = at(index_of(number(handle)));
    if (slot == nullptr || slot->handle.load(std::memory_order_acquire) != number(handle))
        return nullptr;
    return slot;
}

std::optional<std::size_t> CallTable::take_free() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
        if (chunk_count_ == chunks_.size()) return std::nullopt;
        auto chunk = std::make_unique<Chunk>();
        for (auto& slot : *chunk) slot.generation = first_generation_;
        const auto first = chunk_count_ * chunk_size;
        // The last one first: slots are given out in order.
        for (auto i = chunk_size; i-- > 0;) free_.push_back(static_cast<std::uint32_t>(first + i));
        chunks_[chunk_count_++].store(chunk.release(), std::memory_order_release);
    }
    const std::size_t index = free_.back();
    free_.pop_back();
    return index;
}

exo_call* CallTable::acquire(std::shared_ptr<Call> call, unsigned node,
                             std::optional<Time> deadline) {
    const auto index = take_free();
    if (!index) return nullptr;
    Slot& slot = *at(*index);
    const std::lock_guard lock(slot.mutex);
    ++slot.generation;
    const auto handle = (slot.generation << generation_shift) | (std::uint64_t{node} << slot_bits) |
                        std::uint64_t{*index};
    slot.stop.store(false, std::memory_order_relaxed);
    slot.deadline.store(deadline ? deadline->time_since_epoch().count() : no_deadline,
                        std::memory_order_relaxed);
    slot.call = std::move(call);
    slot.handle.store(handle, std::memory_order_release);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the contract's handle is a pointer type
    return reinterpret_cast<exo_call*>(static_cast<std::uintptr_t>(handle));
}

void CallTable::release(exo_call* handle) {
    Slot* const slot = find(handle);
    if (slot == nullptr) return;
    std::shared_ptr<Call> last;  // dropped after the lock that lies in the slot
    {
        const std::lock_guard lock(slot->mutex);
        slot->handle.store(0, std::memory_order_release);
        last = std::move(slot->call);
    }
    const std::lock_guard lock(mutex_);
    free_.push_back(static_cast<std::uint32_t>(index_of(number(handle))));
}

bool CallTable::stopped(const exo_call* handle) const noexcept {
    const Slot* const slot = find(handle);
    if (slot == nullptr || slot->stop.load(std::memory_order_acquire)) return true;
    const auto deadline = slot->deadline.load(std::memory_order_acquire);
    // The slot may have gone to another call since: then what was read means nothing.
    if (slot->handle.load(std::memory_order_acquire) != number(handle)) return true;
    return deadline != no_deadline &&
           std::chrono::steady_clock::now().time_since_epoch().count() >= deadline;
}

void CallTable::stop(const exo_call* handle) noexcept {
    Slot* const slot = find(handle);
    if (slot == nullptr) return;
    const std::lock_guard lock(slot->mutex);
    if (slot->handle.load(std::memory_order_relaxed) == number(handle))
        slot->stop.store(true, std::memory_order_release);
}

std::vector<std::shared_ptr<Call>> CallTable::all() {
    std::vector<std::shared_ptr<Call>> out;
    for (std::size_t index = 0; Slot* const slot = index < most_calls ? at(index) : nullptr;
         ++index) {
        const std::lock_guard lock(slot->mutex);
        if (slot->call) out.push_back(slot->call);
    }
    return out;
}

}  // namespace exo::plugin
