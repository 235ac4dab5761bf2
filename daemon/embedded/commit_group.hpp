// One transaction for everything that one turn of the io loop writes: durability is paid once for
// many requests. Answers wait for committed(). Lives on the io thread, belongs to the server.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "base/error.hpp"
#include "base/log.hpp"
#include "sqlite/database.hpp"

namespace exo::embedded {

class CommitGroup {
  public:
    // `rolled_back` is called when a group is lost: what was cached of it must be forgotten.
    CommitGroup(boost::asio::any_io_executor executor, sqlite::Database& database, base::Log log,
                std::function<void()> rolled_back);

    // Opens the group's transaction unless it is open. It is committed at the end of this turn.
    void begin();
    // Completes when everything written or read so far is on disk; at once if nothing is open.
    boost::asio::awaitable<base::Result<>> committed();
    // Commits what is open, now. For the end.
    void flush();

  private:
    struct Group {
        explicit Group(const boost::asio::any_io_executor& executor)
            : done(executor, boost::asio::steady_timer::time_point::max()) {}
        boost::asio::steady_timer done;  // cancelled when `result` stands
        bool is_done = false;
        base::Result<> result;
    };
    void finish(base::Result<> result);

    boost::asio::any_io_executor executor_;
    sqlite::Database& database_;
    base::Log log_;
    std::function<void()> rolled_back_;
    std::shared_ptr<Group> open_;  // null: no transaction
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace exo::embedded
