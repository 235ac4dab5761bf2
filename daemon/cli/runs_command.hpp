// trigger, runs list, runs show, runs watch: coroutines on the client's io thread; client and
// output outlive them.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "cli/options.hpp"
#include "cli/output.hpp"
#include "remote/operator_client.hpp"

namespace exo::cli {

boost::asio::awaitable<base::ExitCode> run_command(remote::OperatorClient& client,
                                                   TriggerOptions options, Output output);
boost::asio::awaitable<base::ExitCode> run_command(remote::OperatorClient& client,
                                                   RunsListOptions options, Output output);
boost::asio::awaitable<base::ExitCode> run_command(remote::OperatorClient& client,
                                                   RunsShowOptions options, Output output);
boost::asio::awaitable<base::ExitCode> run_command(remote::OperatorClient& client,
                                                   RunsWatchOptions options, Output output);

}  // namespace exo::cli
