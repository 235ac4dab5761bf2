// The connections of one HttpClient: a bounded number, reused while fresh, handed to waiting
// requests in the order in which they came. One io_context thread; shared by the client and its
// requests under way, so that it outlives whichever ends last. Internal to net/.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "net/client_connection.hpp"

namespace exo::net {

class ConnectionPool;

// The right to one connection; given back when destroyed.
class Lease {
  public:
    Lease() = default;  // none
    Lease(std::shared_ptr<ConnectionPool> pool, std::unique_ptr<ClientConnection> connection);
    ~Lease();
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&&) = delete;

    explicit operator bool() const { return pool_ != nullptr; }
    // Null: the holder may open one.
    const std::unique_ptr<ClientConnection>& connection() const { return connection_; }
    void opened(std::unique_ptr<ClientConnection> connection);
    void keep() { reusable_ = true; }  // the connection goes back into the pool

  private:
    std::shared_ptr<ConnectionPool> pool_;
    std::unique_ptr<ClientConnection> connection_;
    bool reusable_ = false;
};

class ConnectionPool : public std::enable_shared_from_this<ConnectionPool> {
  public:
    using Clock = std::chrono::steady_clock;

    ConnectionPool(boost::asio::any_io_executor executor, std::size_t limit,
                   Clock::duration idle_limit);

    const boost::asio::any_io_executor& executor() const { return executor_; }
    // An idle connection that is still good, or the right to open one; an empty lease after
    // `until`.
    static boost::asio::awaitable<Lease> acquire(std::shared_ptr<ConnectionPool> pool,
                                                 Clock::time_point until);
    void close_idle();

  private:
    friend class Lease;
    struct Waiter {
        explicit Waiter(const boost::asio::any_io_executor& executor) : granted_timer(executor) {}
        boost::asio::steady_timer granted_timer;  // cancelled when granted
        std::optional<Lease> lease;
    };

    std::unique_ptr<ClientConnection> take_idle();
    void release(std::unique_ptr<ClientConnection> connection);  // null: one less is open
    void sweep();
    void arm_sweep();

    boost::asio::any_io_executor executor_;
    std::size_t limit_;
    Clock::duration idle_limit_;
    std::size_t leased_ = 0;
    std::vector<std::unique_ptr<ClientConnection>> idle_;  // the one used last is at the end
    std::list<std::shared_ptr<Waiter>> waiters_;
    boost::asio::steady_timer sweep_timer_;
    bool sweeping_ = false;
};

}  // namespace exo::net
