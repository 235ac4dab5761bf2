// Enqueue requests that wait for work (long polling): who waits for which nodes, in which order
// they came, and whom a state wakes. Lives on the io thread; belongs to the server.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace exo::embedded {

// Namespace and node name.
using NodeKey = std::pair<std::string, std::string>;

// What of a node's work is due now, and how long until more will be.
struct DueWork {
    std::size_t now = 0;  // at most the limit that was asked for
    std::optional<std::chrono::milliseconds> next;
};
using AskDueWork = std::function<DueWork(const NodeKey& node, std::size_t limit)>;

class Waiters {
  public:
    using Ticket = std::uint64_t;
    using TimePoint = std::chrono::steady_clock::time_point;

    Waiters(boost::asio::any_io_executor executor, AskDueWork due_work);

    // A place in the row: kept by a waiter that was woken in vain.
    Ticket take_ticket() { return next_ticket_++; }
    // Completes when work may be there for one of the nodes, at `until`, or when the server stops.
    boost::asio::awaitable<void> wait(Ticket ticket, std::set<NodeKey> nodes, TimePoint until);
    // A state of this node has become claimable, now or later. Looked at when this turn is over.
    void work_came(NodeKey node);
    // Wakes everybody; from now on nobody waits.
    void stop();
    std::size_t count() const { return waiting_.size(); }
    bool is_stopping() const { return stopping_; }

  private:
    struct Waiter {
        std::set<NodeKey> nodes;
        boost::asio::steady_timer timer;  // cancelled to wake
        bool woken = false;
    };
    void look_soon();
    void look();
    void wake_for(const NodeKey& node);
    void set_alarm();

    boost::asio::any_io_executor executor_;
    AskDueWork due_work_;
    Ticket next_ticket_ = 1;
    std::map<Ticket, std::shared_ptr<Waiter>> waiting_;  // first come, first served
    std::set<NodeKey> touched_;                          // to be looked at
    std::map<NodeKey, TimePoint> due_later_;
    boost::asio::steady_timer alarm_;  // at the earliest of due_later_
    bool will_look_ = false;
    bool stopping_ = false;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace exo::embedded
