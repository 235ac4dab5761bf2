// Work that a plugin submitted to the worker's threads, at once or after a delay. What was accepted
// runs exactly once. Any thread.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <mutex>
#include <string>

#include "exosphere/abi.h"
#include "plugin/in_flight.hpp"

namespace exo::plugin {

class SubmittedWork {
  public:
    using Function = void (*)(void*);
    static constexpr std::int64_t most_at_once = 100'000;
    static constexpr std::chrono::milliseconds hurried_delay{
        10};  // work that repeats must not spin
    static constexpr std::chrono::milliseconds longest_delay = std::chrono::hours(24 * 366);

    // `on_throw` hears in words what a piece of work threw.
    SubmittedWork(boost::asio::thread_pool& pool, std::function<void(std::string)> on_throw)
        : pool_(pool), on_throw_(std::move(on_throw)) {}

    exo_status submit(Function work, void* argument);
    exo_status submit_after(std::uint64_t delay_ms, Function work, void* argument);

    // Delays end early from now on, those that wait already and those to come: somebody waits for
    // what they would do.
    void hurry();
    // hurry(), and no more work from now on. True if everything has run by `until`.
    bool close(std::chrono::steady_clock::time_point until);

  private:
    using Timers = std::list<boost::asio::steady_timer>;

    exo_status enter();
    void run(Function work, void* argument);

    boost::asio::thread_pool& pool_;
    std::function<void(std::string)> on_throw_;
    InFlight in_flight_;
    std::mutex mutex_;  // of what follows
    Timers timers_;     // waiting ones only
    bool hurried_ = false;
};

}  // namespace exo::plugin
