// The end of an asynchronous execution: given to execute(), completed later, once, from any thread.
// A shared handle: copies stand for the same call, the first completion wins, and when the last
// copy goes without one, the state is errored. Completing may destroy the node's instance: after
// it, only execute() itself may still touch `this`. [any-thread]
#pragma once

#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exosphere/context.hpp"

namespace exosphere {
namespace detail {

// One asynchronous call. Derived: AsyncCallOf<T>, which holds the inputs and secrets.
class AsyncCall {
  public:
    // Emits *outputs, which is a T::Outputs; set where T is complete.
    using Emit = exo_status (*)(const exo_host*, exo_call*, const void* outputs);

    AsyncCall(const exo_host* host, exo_call* call, CancelRegister& cancels, Emit emit_fn)
        : context_(host, call, cancels), emit_(emit_fn) {
        context_.open_slot();
    }
    virtual ~AsyncCall() {
        end([this] {
            const std::string_view text = "the node dropped its completion without an outcome";
            static_cast<void>(host()->fail(host(), call(), to_str(text)));
            return EXO_FAILED;
        });
    }
    AsyncCall(const AsyncCall&) = delete;
    AsyncCall& operator=(const AsyncCall&) = delete;

    // Runs outcome(), which says it to the worker and returns the status to finish with. False if
    // the call had been completed before.
    template <class Outcome>
    bool end(Outcome&& outcome) noexcept {
        if (ended_.exchange(true, std::memory_order_acq_rel)) return false;
        const exo_status status = outcome();
        context_.end();
        static_cast<void>(host()->finish(host(), call(), status));
        return true;
    }

    bool end_with(std::exception_ptr error) noexcept {
        return end([&] { return settle(host(), call(), std::move(error)); });
    }

    exo_status emit(const void* outputs) noexcept { return emit_(host(), call(), outputs); }
    Context& context() noexcept { return context_; }
    const exo_host* host() const noexcept { return context_.raw(); }
    exo_call* call() const noexcept { return context_.raw_call(); }

  private:
    Context context_;
    Emit emit_;
    std::atomic<bool> ended_{false};
};

}  // namespace detail

template <class Outputs>
class Completion {
  public:
    explicit Completion(std::shared_ptr<detail::AsyncCall> call) noexcept
        : call_(std::move(call)) {}

    // Each returns false, and changes nothing, if the call was completed before.
    bool complete(const Outputs& outputs) const noexcept {
        return call_->end([&] { return status_of(call_->emit(&outputs)); });
    }
    // Fan-out: one state per element. An empty vector: executed, without outputs.
    bool complete(const std::vector<Outputs>& fan_out) const noexcept {
        return call_->end([&] {
            for (const Outputs& outputs : fan_out) {
                if (call_->emit(&outputs) != EXO_DONE) return exo_status{EXO_FAILED};
            }
            return exo_status{EXO_DONE};
        });
    }
    // Executed, without outputs.
    bool complete() const noexcept {
        return call_->end([] { return exo_status{EXO_DONE}; });
    }
    bool prune(const std::string& json = "{}") const noexcept {
        return call_->end([&] {
            return status_of(
                call_->host()->prune(call_->host(), call_->call(), detail::to_str(json)));
        });
    }
    bool requeue(std::chrono::milliseconds after) const noexcept {
        return call_->end([&] {
            const auto ms = after.count() > 0 ? static_cast<std::uint64_t>(after.count()) : 0U;
            return status_of(call_->host()->requeue(call_->host(), call_->call(), ms));
        });
    }
    // Errored with this text.
    bool fail(std::string_view text) const noexcept {
        return call_->end([&] {
            static_cast<void>(
                call_->host()->fail(call_->host(), call_->call(), detail::to_str(text)));
            return exo_status{EXO_FAILED};
        });
    }
    // As if execute() had thrown it: a signal, or errored with its type and text.
    bool fail(std::exception_ptr error) const noexcept { return call_->end_with(std::move(error)); }
    // Gave up because cancelled() said so.
    bool give_up() const noexcept {
        return call_->end([] { return exo_status{EXO_CANCELLED}; });
    }

    // Cancellation, deadline, facts and log; one thread at a time, and not after the completion.
    Context& context() const noexcept { return call_->context(); }

  private:
    static exo_status status_of(exo_status accepted) noexcept {
        return accepted == EXO_DONE ? EXO_DONE : EXO_FAILED;
    }

    std::shared_ptr<detail::AsyncCall> call_;
};

}  // namespace exosphere
