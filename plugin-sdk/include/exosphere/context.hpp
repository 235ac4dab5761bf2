// One execution, as the node sees it: cancellation, deadline, facts, log; and all that Host gives.
// Valid until execute() returns (asynchronous nodes: until the completion is completed).
// [any-thread]
#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "exosphere/detail/cancel_slot.hpp"
#include "exosphere/host.hpp"

namespace exosphere {

class Context : public Host {
  public:
    Context(const exo_host* host, exo_call* call, detail::CancelRegister& cancels) noexcept
        : Host(host), call_(call), cancels_(cancels) {}
    ~Context() { end(); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    // True from the moment when the deadline passed or the worker's time to drain is up. Not yet
    // while the worker merely drains.
    bool cancelled() const noexcept { return host_->cancelled(host_, call_) != 0; }
    void throw_if_cancelled() const {
        if (cancelled()) throw Cancelled{};
    }

    // Called once when the call is cancelled, on any thread, beside execute(); at once if it is
    // already. It must not block, and does not run after the call's end. A later one replaces it.
    void on_cancel(std::function<void()> callback) {
        open_slot();
        slot_->set(std::move(callback));
        if (cancelled()) slot_->fire();
    }

    // When cancelled() will turn true by itself; none if the node has no time-out.
    std::optional<std::chrono::system_clock::time_point> deadline() const noexcept {
        return time_point("deadline_ms");
    }
    // The system clock, or the test's: testing.hpp has its own time.
    std::chrono::system_clock::time_point now() const noexcept {
        return time_point("now_ms").value_or(std::chrono::system_clock::now());
    }
    // Until the deadline, never negative; none if there is no deadline.
    std::optional<std::chrono::milliseconds> time_left() const noexcept {
        const auto end = deadline();
        if (!end) return {};
        return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(*end - now()),
                        std::chrono::milliseconds{0});
    }

    // "state_id", "node", "identifier", "namespace", "run_id", "attempt"; "" if unknown (today's
    // servers send neither run id nor attempt).
    std::string_view info(const char* key) const noexcept {
        return detail::to_view(host_->info(host_, call_, key));
    }
    std::string_view state_id() const noexcept { return info("state_id"); }

    // The worker redacts this call's secrets in it.
    void log(LogLevel level, std::string_view message) const noexcept {
        host_->log(host_, call_, static_cast<std::int32_t>(level), detail::to_str(message));
    }
    void log(std::string_view message) const noexcept { log(LogLevel::info, message); }

    exo_call* raw_call() const noexcept { return call_; }

    // For the SDK. Asynchronous calls open their slot before a second thread knows them.
    void open_slot() {
        if (!slot_) slot_ = cancels_.open(call_);
    }
    // No cancel callback runs after this, and the node's instance is not touched any more.
    void end() noexcept {
        if (slot_ && !std::exchange(ended_, true)) cancels_.close(slot_);
    }

  private:
    std::optional<std::chrono::system_clock::time_point> time_point(
        const char* key) const noexcept {
        const std::string_view text = info(key);
        std::int64_t ms = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), ms);
        if (text.empty() || parsed.ec != std::errc{}) return {};
        return std::chrono::system_clock::time_point{std::chrono::milliseconds{ms}};
    }

    exo_call* call_;
    detail::CancelRegister& cancels_;
    std::shared_ptr<detail::CancelSlot> slot_;
    bool ended_ = false;
};

}  // namespace exosphere
