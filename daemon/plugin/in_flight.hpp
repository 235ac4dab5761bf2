// How much is under way inside a plugin, and waiting for it to come to an end. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace exo::plugin {

class InFlight {
  public:
    // False once closed, or when `most` are under way already; then there is nothing to leave().
    bool enter(std::int64_t most = INT64_MAX) {
        const auto before = count_.fetch_add(1);
        if (!closed_.load() && before < most) return true;
        leave();
        return false;
    }
    void leave() {
        if (count_.fetch_sub(1) != 1 || !closed_.load()) return;
        const std::lock_guard lock(mutex_);  // a waiter is either before its check or waiting
        idle_.notify_all();
    }

    void close() { closed_.store(true); }
    bool closed() const { return closed_.load(); }
    std::int64_t count() const { return count_.load(); }

    // After close(): whether everything has left by `until`.
    bool wait_idle(std::chrono::steady_clock::time_point until) {
        std::unique_lock lock(mutex_);
        return idle_.wait_until(lock, until, [this] { return count_.load() == 0; });
    }

  private:
    std::atomic<std::int64_t> count_{0};
    std::atomic<bool> closed_{false};
    std::mutex mutex_;
    std::condition_variable idle_;
};

}  // namespace exo::plugin
