// The calls of one plugin, and the handles it knows them by. An exo_call* is never dereferenced: it
// is a number (slot, node, generation), and counts only while the slot still holds exactly it. So
// whatever a plugin does with an old handle is noticed. Any thread; a lock per slot.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "exosphere/abi.h"

namespace exo::plugin {

class Call;

class CallTable {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr unsigned node_bits = 10;
    static constexpr unsigned slot_bits = 18;
    static constexpr std::size_t most_calls = std::size_t{1} << slot_bits;

    CallTable();
    ~CallTable();
    CallTable(const CallTable&) = delete;
    CallTable& operator=(const CallTable&) = delete;

    // A new handle, or NULL when most_calls are there. The table shares ownership until release().
    exo_call* acquire(std::shared_ptr<Call> call, unsigned node, std::optional<Time> deadline);
    void release(exo_call* handle);

    // f(Call&) under the slot's lock, which guards all of a call's state; false and no f if the
    // handle is stale.
    template <class F>
    bool with(const exo_call* handle, F&& f) {
        Slot* const slot = find(handle);
        if (slot == nullptr) return false;
        const std::lock_guard lock(slot->mutex);
        if (slot->handle.load(std::memory_order_relaxed) != number(handle)) return false;
        f(*slot->call);
        return true;
    }

    // Whether cancelled() says 1: stopped, past its deadline, or stale. No lock: nodes ask often.
    bool stopped(const exo_call* handle) const noexcept;
    void stop(const exo_call* handle) noexcept;

    std::vector<std::shared_ptr<Call>> all();

    // The index of the node that a handle was made for, however old it is; any number if it never
    // was one.
    static unsigned node_of(const exo_call* handle) {
        return static_cast<unsigned>((number(handle) >> slot_bits) & ((1U << node_bits) - 1));
    }

  private:
    static constexpr std::size_t chunk_size = 256;
    static_assert(sizeof(void*) == 8, "a handle packs slot, node and generation into 64 bits");

    struct alignas(64) Slot {
        std::mutex mutex;
        std::atomic<std::uint64_t> handle{0};  // 0 = free
        std::atomic<bool> stop{false};
        std::atomic<std::int64_t> deadline{0};  // ticks of steady_clock
        std::uint64_t generation = 0;
        std::shared_ptr<Call> call;
    };
    using Chunk = std::array<Slot, chunk_size>;

    static std::uint64_t number(const exo_call* handle) {
        return reinterpret_cast<std::uintptr_t>(handle);
    }
    static std::size_t index_of(std::uint64_t number) { return number & (most_calls - 1); }
    Slot* find(const exo_call* handle) const noexcept;
    Slot* at(std::size_t index) const noexcept;
    std::optional<std::size_t> take_free();

    // Slots never move and are never freed while the table lives, so that finding one needs no
    // lock.
    std::array<std::atomic<Chunk*>, most_calls / chunk_size> chunks_{};
    std::mutex mutex_;  // of the two below
    std::vector<std::uint32_t> free_;
    std::size_t chunk_count_ = 0;
    std::uint64_t first_generation_;
};

}  // namespace exo::plugin
