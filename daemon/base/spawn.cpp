#include "base/spawn.hpp"

#include <utility>

#include "base/async.hpp"

namespace exo::base {

void spawn(const boost::asio::any_io_executor& executor, boost::asio::awaitable<void> task, Log log,
           std::string what, boost::asio::cancellation_slot slot) {
    spawn(
        executor, std::move(task),
        [log = std::move(log), what = std::move(what)](const std::string& error) {
            log.error("a task failed", {{"task", what}, {"error", error}});
        },
        slot);
}

}  // namespace exo::base
