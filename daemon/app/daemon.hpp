// One worker from start to drained stop, as `run` and `dev` share it: signals, systemd, exit code.
// Runs on the calling thread; returns when everything has ended.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "app/worker_service.hpp"
#include "base/exit_code.hpp"
#include "base/log.hpp"
#include "settings/settings.hpp"

namespace exo::app {

// What else the process is there for, beside serving states: runs on the io thread once polling has
// begun. If it ends with a code, that becomes the process's and the worker drains; without one the
// process goes on serving. May be empty.
using Errand = std::function<boost::asio::awaitable<std::optional<base::ExitCode>>(
    boost::asio::any_io_executor)>;

base::ExitCode run_worker(const settings::Settings& settings, Endpoint endpoint, base::Log log,
                          Errand errand = {});

}  // namespace exo::app
