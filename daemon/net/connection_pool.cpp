#include "net/connection_pool.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace exo::net {
namespace {

namespace asio = boost::asio;

// Leaves the line when its request gives up, also by cancellation. Who was granted a lease has been
// taken out of the line already.
template <class Line>
class PlaceInLine {
  public:
    PlaceInLine(Line& line, typename Line::value_type waiter) : line_(line), waiter_(waiter) {
        line_.push_back(std::move(waiter));
    }
    ~PlaceInLine() {
        if (!waiter_->lease) line_.remove(waiter_);
    }
    PlaceInLine(const PlaceInLine&) = delete;
    PlaceInLine& operator=(const PlaceInLine&) = delete;

  private:
    Line& line_;
    typename Line::value_type waiter_;
};

}  // namespace

Lease::Lease(std::shared_ptr<ConnectionPool> pool, std::unique_ptr<ClientConnection> connection)
    : pool_(std::move(pool)), connection_(std::move(connection)) {}

Lease::Lease(Lease&& other) noexcept
    : pool_(std::move(other.pool_)),
      connection_(std::move(other.connection_)),
      reusable_(other.reusable_) {}

Lease::~Lease() {
    if (!pool_) return;
    if (!reusable_) connection_.reset();
    pool_->release(std::move(connection_));
}

void Lease::opened(std::unique_ptr<ClientConnection> connection) {
    connection_ = std::move(connection);
}

ConnectionPool::ConnectionPool(asio::any_io_executor executor, std::size_t limit,
                               Clock::duration idle_limit)
    : executor_(std::move(executor)),
      limit_(std::max<std::size_t>(limit, 1)),
      idle_limit_(idle_limit),
      sweep_timer_(executor_) {}

asio::awaitable<Lease> ConnectionPool::acquire(std::shared_ptr<ConnectionPool> pool,
                                               Clock::time_point until) {
    if (pool->leased_ < pool->limit_) {
        ++pool->leased_;
        co_return Lease(pool, pool->take_idle());
    }
    const auto waiter = std::make_shared<Waiter>(pool->executor_);
    const PlaceInLine place(pool->waiters_, waiter);
    waiter->granted_timer.expires_at(until);
    co_await waiter->granted_timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return waiter->lease ? std::move(*waiter->lease) : Lease();
}

std::unique_ptr<ClientConnection> ConnectionPool::take_idle() {
    const auto oldest = Clock::now() - idle_limit_;
    while (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        if (connection->idle_since >= oldest && connection->quiet()) return connection;
    }
    return nullptr;
}

void ConnectionPool::release(std::unique_ptr<ClientConnection> connection) {
    if (!waiters_.empty()) {
        const auto next = std::move(waiters_.front());
        waiters_.pop_front();
        next->lease.emplace(shared_from_this(), std::move(connection));
        next->granted_timer.cancel();
        return;
    }
    --leased_;
    if (!connection) return;
    connection->idle_since = Clock::now();
    idle_.push_back(std::move(connection));
    if (!sweeping_) arm_sweep();
}

void ConnectionPool::close_idle() {
    idle_.clear();
    sweep_timer_.cancel();
}

// Closes what has been idle for too long, so that the server does not have to.
void ConnectionPool::sweep() {
    sweeping_ = false;
    const auto oldest = Clock::now() - idle_limit_;
    std::erase_if(idle_, [&](const auto& connection) { return connection->idle_since <= oldest; });
    if (!idle_.empty()) arm_sweep();
}

void ConnectionPool::arm_sweep() {
    sweeping_ = true;
    // The first has been idle longest: connections are taken from and put back at the end.
    sweep_timer_.expires_at(idle_.front()->idle_since + idle_limit_);
    sweep_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& /*error*/) {
        if (const auto pool = weak.lock()) pool->sweep();
    });
}

}  // namespace exo::net
