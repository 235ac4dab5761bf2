// A deadline that is moved with every request and almost never strikes: moving it is two stores,
// the timer itself is touched only when the deadline comes nearer. One io_context thread; owned by
// the connection that it watches.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace exo::net {

class Deadline {
  public:
    using Clock = std::chrono::steady_clock;

    // `strike` runs once each time a deadline passes; it ends the operations under way.
    Deadline(const boost::asio::any_io_executor& executor, std::function<void()> strike);
    ~Deadline();
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    void set(Clock::time_point at);  // also forgets an earlier strike
    void set_after(Clock::duration duration) { set(Clock::now() + duration); }
    void clear() { set(Clock::time_point::max()); }
    // The deadline has passed since set(): check it before each new operation, because a strike can
    // fall between two of them.
    bool struck() const { return state_->struck; }

  private:
    struct State {
        explicit State(const boost::asio::any_io_executor& executor) : timer(executor) {}
        boost::asio::steady_timer timer;
        Clock::time_point at = Clock::time_point::max();
        Clock::time_point armed = Clock::time_point::max();
        bool struck = false;
        std::function<void()> strike;
    };
    static void arm(const std::shared_ptr<State>& state);
    std::shared_ptr<State> state_;
};

}  // namespace exo::net
