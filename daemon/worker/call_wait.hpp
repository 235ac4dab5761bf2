// Waits on the io thread for a node's call that ends on another thread. Shared between the
// coroutine that waits and the callback that the executor holds; everything but `arrived` and
// `waiting` is touched by the io thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/async.hpp"
#include "worker/ports.hpp"

namespace exo::worker {

class CallWait : public std::enable_shared_from_this<CallWait> {
  public:
    CallWait(boost::asio::any_io_executor executor, std::function<void()> on_waiting)
        : executor_(std::move(executor)), changed_(executor_), on_waiting_(std::move(on_waiting)) {}

    // [any thread]
    void arrived(CallResult result) {
        boost::asio::post(executor_, [self = shared_from_this(), r = std::move(result)]() mutable {
            self->result_ = std::move(r);
            self->changed_.notify_all();
        });
    }
    void waiting() {
        boost::asio::post(executor_, [self = shared_from_this()] {
            if (!self->result_ && self->on_waiting_) self->on_waiting_();
        });
    }

    // [io thread]
    bool done() const { return result_.has_value(); }
    CallResult take() { return std::move(*result_); }
    Awaitable<void> until_done(std::chrono::steady_clock::time_point deadline) {
        while (!done() && std::chrono::steady_clock::now() < deadline) {
            co_await changed_.wait_until(deadline);
            if (interrupted_) break;
        }
        interrupted_ = false;
    }
    void interrupt() {  // until_done() returns early, once
        interrupted_ = true;
        changed_.notify_all();
    }
    void forget() { on_waiting_ = nullptr; }  // the claim is no longer there to be told

  private:
    boost::asio::any_io_executor executor_;
    base::Signal changed_;
    std::function<void()> on_waiting_;
    std::optional<CallResult> result_;
    bool interrupted_ = false;
};

}  // namespace exo::worker
