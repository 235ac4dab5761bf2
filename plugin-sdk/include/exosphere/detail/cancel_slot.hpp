// One call's on_cancel callback, and the register of an instance's calls that have one. The worker
// may cancel on any thread beside execute; a callback never runs once its call has ended.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "exosphere/abi.h"

namespace exosphere::detail {

class CancelSlot {
  public:
    // Fires at once, on this thread, if the call was cancelled before.
    void set(std::function<void()> callback) {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        callback_ = std::move(callback);
        if (fired_) run();
    }

    void fire() {
        const std::lock_guard lock(mutex_);
        if (fired_ || closed_) return;
        fired_ = true;
        run();
    }

    // Returns when no callback runs any more (unless called from inside it). None runs later.
    void close() noexcept {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        callback_ = nullptr;
    }

  private:
    // Moved out first: the callback may end its own call, which closes this slot.
    void run() {
        if (auto callback = std::exchange(callback_, nullptr)) callback();
    }

    std::recursive_mutex mutex_;
    std::function<void()> callback_;
    bool fired_ = false;
    bool closed_ = false;
};

class CancelRegister {
  public:
    std::shared_ptr<CancelSlot> open(const exo_call* call) {
        auto slot = std::make_shared<CancelSlot>();
        const std::lock_guard lock(mutex_);
        slots_.emplace_back(call, slot);
        return slot;
    }

    void close(const std::shared_ptr<CancelSlot>& slot) noexcept {
        {
            const std::lock_guard lock(mutex_);
            std::erase_if(slots_, [&](const auto& entry) { return entry.second == slot; });
        }
        slot->close();
    }

    void fire(const exo_call* call) {
        std::shared_ptr<CancelSlot> slot;
        {
            const std::lock_guard lock(mutex_);
            const auto entry = std::find_if(slots_.begin(), slots_.end(),
                                            [&](const auto& e) { return e.first == call; });
            if (entry == slots_.end()) return;
            slot = entry->second;
        }
        slot->fire();
    }

  private:
    std::mutex mutex_;
    std::vector<std::pair<const exo_call*, std::shared_ptr<CancelSlot>>> slots_;
};

}  // namespace exosphere::detail
