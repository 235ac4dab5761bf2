// Starts a coroutine that nobody awaits. An exception that escapes it is a bug: it is logged with
// `what`, never lost and never thrown into the io thread. Ownership: the task owns its frame.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <string>

#include "base/log.hpp"

namespace exo::base {

// `slot`, if connected, cancels the task; a task that ends by its own cancellation is not logged.
void spawn(const boost::asio::any_io_executor& executor, boost::asio::awaitable<void> task, Log log,
           std::string what, boost::asio::cancellation_slot slot = {});

}  // namespace exo::base
