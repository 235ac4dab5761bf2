// Runs one client command to its end: finds the state manager, opens a client, blocks. Any thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "cli/connection.hpp"
#include "cli/output.hpp"

namespace exo::cli {

// Runs `io` until `work` has ended. An exception that escapes it is thrown here.
base::ExitCode block_on(boost::asio::io_context& io, boost::asio::awaitable<base::ExitCode> work);

// Complaints are made already; the error is how to exit.
using Connected = boost::system::result<std::unique_ptr<remote::OperatorClient>, base::ExitCode>;
Connected connect(boost::asio::io_context& io, const ClientOptions& options,
                  const settings::Environment& environment, Output output);

// `Options` has a member `client`; run_command(client, options, output) is its coroutine.
template <class Options>
base::ExitCode run_client(const Options& options, const settings::Environment& environment,
                          Output output) {
    boost::asio::io_context io(1);
    const auto client = connect(io, options.client, environment, output);
    return client ? block_on(io, run_command(**client, options, output)) : client.error();
}

}  // namespace exo::cli
