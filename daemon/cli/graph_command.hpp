// graph apply, show, list: coroutines on the client's io thread; client and output outlive them.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "cli/options.hpp"
#include "cli/output.hpp"
#include "remote/operator_client.hpp"

namespace exo::cli {

boost::asio::awaitable<base::ExitCode> run_command(remote::OperatorClient& client,
                                                   GraphApplyOptions options, Output output);
boost::asio::awaitable<base::ExitCode> run_command(remote::OperatorClient& client,
                                                   GraphShowOptions options, Output output);
boost::asio::awaitable<base::ExitCode> run_command(remote::OperatorClient& client,
                                                   GraphListOptions options, Output output);

}  // namespace exo::cli
