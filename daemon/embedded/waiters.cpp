#include "embedded/waiters.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace exo::embedded {

namespace asio = boost::asio;

Waiters::Waiters(asio::any_io_executor executor, AskDueWork due_work)
    : executor_(std::move(executor)), due_work_(std::move(due_work)), alarm_(executor_) {}

asio::awaitable<void> Waiters::wait(Ticket ticket, std::set<NodeKey> nodes, TimePoint until) {
    if (stopping_) {
        co_return;
    }
    const auto waiter =
        std::make_shared<Waiter>(Waiter{std::move(nodes), asio::steady_timer(executor_, until)});
    waiting_[ticket] = waiter;
    // Work that is due later may have been there before anybody waited for it.
    touched_.insert(waiter->nodes.begin(), waiter->nodes.end());
    look_soon();
    // Removed however the wait ends: a cancelled one throws.
    const std::shared_ptr<void> leave(nullptr,
                                      [this, ticket, alive = std::weak_ptr<int>(alive_)](void*) {
                                          if (!alive.expired()) {
                                              waiting_.erase(ticket);
                                          }
                                      });
    boost::system::error_code woken;
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

void Waiters::work_came(NodeKey node) {
    if (waiting_.empty()) {
        return;
    }
    touched_.insert(std::move(node));
    look_soon();
}

void Waiters::stop() {
    stopping_ = true;
    alarm_.cancel();
    for (const auto& [ticket, waiter] : waiting_) {
        waiter->timer.cancel();
    }
}

void Waiters::look_soon() {
    if (std::exchange(will_look_, true)) {
        return;
    }
    asio::post(executor_, [this, alive = std::weak_ptr<int>(alive_)] {
        if (!alive.expired()) {
            look();
        }
    });
}

void Waiters::look() {
    will_look_ = false;
    for (const auto& node : std::exchange(touched_, {})) {
        wake_for(node);
    }
    set_alarm();
}

// As many as there is work for, in the order in which they came.
void Waiters::wake_for(const NodeKey& node) {
    due_later_.erase(node);
    std::vector<std::shared_ptr<Waiter>> asleep;
    for (const auto& [ticket, waiter] : waiting_) {
        if (!waiter->woken && waiter->nodes.count(node) != 0) {
            asleep.push_back(waiter);
        }
    }
    if (asleep.empty() || stopping_) {
        return;
    }
    const auto work = due_work_(node, asleep.size());
    for (std::size_t i = 0; i < std::min(work.now, asleep.size()); ++i) {
        asleep[i]->woken = true;
        asleep[i]->timer.cancel();
    }
    if (work.next) {
        due_later_[node] = std::chrono::steady_clock::now() + *work.next;
    }
}

void Waiters::set_alarm() {
    if (due_later_.empty() || stopping_) {
        alarm_.cancel();
        return;
    }
    const auto first =
        std::min_element(due_later_.begin(), due_later_.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    alarm_.expires_at(first->second);
    alarm_.async_wait([this, alive = std::weak_ptr<int>(alive_)](boost::system::error_code error) {
        if (error || alive.expired()) {
            return;
        }
        for (const auto& [node, at] : due_later_) {
            if (at <= std::chrono::steady_clock::now()) {
                touched_.insert(node);
            }
        }
        look();
    });
}

}  // namespace exo::embedded
