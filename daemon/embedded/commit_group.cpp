#include "embedded/commit_group.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace exo::embedded {

namespace asio = boost::asio;

CommitGroup::CommitGroup(asio::any_io_executor executor, sqlite::Database& database, base::Log log,
                         std::function<void()> rolled_back)
    : executor_(std::move(executor)),
      database_(database),
      log_(std::move(log)),
      rolled_back_(std::move(rolled_back)) {}

void CommitGroup::begin() {
    if (open_ && !database_.in_transaction()) {
        // SQLite gives up a whole transaction by itself when the disk is full or broken.
        finish(base::fail("the database gave up the transaction"));
    }
    if (open_) {
        return;
    }
    database_.execute("BEGIN IMMEDIATE");
    open_ = std::make_shared<Group>(executor_);
    // Behind every handler that is ready in this turn.
    asio::post(executor_, [this, alive = std::weak_ptr<int>(alive_)] {
        if (!alive.expired()) {
            flush();
        }
    });
}

void CommitGroup::flush() {
    if (!open_) {
        return;
    }
    if (!database_.in_transaction()) {
        finish(base::fail("the database gave up the transaction"));
        return;
    }
    try {
        database_.query("COMMIT").run();
        finish({});
    } catch (const sqlite::Failure& failure) {
        log_.error("commit failed, its requests are answered with 500",
                   {{"error", failure.what()}});
        if (database_.in_transaction()) {
            database_.execute("ROLLBACK");
        }
        finish(base::fail(failure.what()));
    }
}

void CommitGroup::finish(base::Result<> result) {
    const auto group = std::exchange(open_, nullptr);
    if (!result) {
        rolled_back_();
    }
    group->result = std::move(result);
    group->is_done = true;
    group->done.cancel();
}

asio::awaitable<base::Result<>> CommitGroup::committed() {
    const auto group = open_;
    if (!group) {
        co_return base::Result<>();
    }
    boost::system::error_code cancelled;
    while (!group->is_done) {
        co_await group->done.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    co_return group->result;
}

}  // namespace exo::embedded
