#include "base/spawn.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <utility>

namespace exo::base {

void spawn(const boost::asio::any_io_executor& executor, boost::asio::awaitable<void> task, Log log,
           std::string what, boost::asio::cancellation_slot slot) {
    auto ended = [log = std::move(log), what = std::move(what)](std::exception_ptr failure) {
        if (!failure) return;
        try {
            std::rethrow_exception(failure);
        } catch (const boost::system::system_error& error) {
            if (error.code() == boost::asio::error::operation_aborted) return;
            log.error("a task failed", {{"task", what}, {"error", error.what()}});
        } catch (const std::exception& error) {
            log.error("a task failed", {{"task", what}, {"error", error.what()}});
        } catch (...) {
            log.error("a task failed", {{"task", what}, {"error", "unknown exception"}});
        }
    };
    boost::asio::co_spawn(executor, std::move(task),
                          boost::asio::bind_cancellation_slot(slot, std::move(ended)));
}

}  // namespace exo::base
