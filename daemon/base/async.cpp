#include "base/async.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace exo::base {

namespace asio = boost::asio;

std::string describe(std::exception_ptr error) {
    try {
        std::rethrow_exception(std::move(error));
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "an exception that is not a std::exception";
    }
}

namespace {

bool is_cancellation(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& e) {
        return e.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

}  // namespace

void spawn(asio::any_io_executor executor, asio::awaitable<void> work, OnEscape on_escape,
           asio::cancellation_slot slot) {
    const bool cancellable = slot.is_connected();
    auto ended = [on_escape = std::move(on_escape), cancellable](std::exception_ptr error) {
        if (!error || (cancellable && is_cancellation(error))) return;
        if (on_escape) on_escape(describe(std::move(error)));
    };
    asio::co_spawn(std::move(executor), std::move(work),
                   asio::bind_cancellation_slot(slot, std::move(ended)));
}

asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

namespace {

// A timer in the list of those to be woken, for as long as it lives or until somebody woke it.
class Listed {
  public:
    Listed(std::shared_ptr<std::list<asio::steady_timer*>> waiters, asio::steady_timer& timer)
        : waiters_(std::move(waiters)), timer_(timer) {
        waiters_->push_back(&timer_);
    }
    ~Listed() { waiters_->remove(&timer_); }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;

  private:
    std::shared_ptr<std::list<asio::steady_timer*>> waiters_;
    asio::steady_timer& timer_;
};

}  // namespace

Signal::Signal(asio::any_io_executor executor)
    : executor_(std::move(executor)), waiters_(std::make_shared<Waiters>()) {}

asio::awaitable<void> Signal::wait() {
    return wait_until(std::chrono::steady_clock::time_point::max());
}

asio::awaitable<void> Signal::wait_until(std::chrono::steady_clock::time_point deadline) {
    asio::steady_timer timer(executor_, deadline);
    const Listed listed(waiters_, timer);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

void Signal::notify_one() {
    if (waiters_->empty()) return;
    waiters_->front()->cancel();
    waiters_->pop_front();
}

void Signal::notify_all() {
    for (auto* timer : *waiters_) timer->cancel();
    waiters_->clear();
}

}  // namespace exo::base
