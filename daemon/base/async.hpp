// Three small pieces for coroutines on one io thread: spawn (nothing escapes unseen), Signal (a
// condition variable), and sleep. Signals are owned and used by the thread of their executor; no
// locks.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace exo::base {

using OnEscape = std::function<void(std::string what)>;

// Starts `work` on `executor`. An exception that escapes it is a bug: on_escape hears of it (and
// should shut down). `slot`, if connected, cancels the work: it unwinds at its next suspension, and
// that is no escape.
void spawn(boost::asio::any_io_executor executor, boost::asio::awaitable<void> work,
           OnEscape on_escape, boost::asio::cancellation_slot slot = {});

// What people mean by an exception_ptr.
std::string describe(std::exception_ptr error);

// Waits; never fails. [io thread]
boost::asio::awaitable<void> sleep_for(std::chrono::milliseconds duration);

// wait() returns after notify_all(), notify_one() or when the time is up; callers look at their
// condition again.
class Signal {
  public:
    explicit Signal(boost::asio::any_io_executor executor);
    boost::asio::awaitable<void> wait();
    boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point deadline);
    void notify_one();  // the one that waits longest
    void notify_all();

  private:
    using Waiters = std::list<boost::asio::steady_timer*>;
    boost::asio::any_io_executor executor_;
    std::shared_ptr<Waiters>
        waiters_;  // shared: a coroutine that is destroyed late still unlists itself
};

}  // namespace exo::base
