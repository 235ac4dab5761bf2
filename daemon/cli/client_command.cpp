#include "cli/client_command.hpp"

#include <boost/asio/co_spawn.hpp>
#include <ostream>

namespace exo::cli {

base::ExitCode block_on(boost::asio::io_context& io, boost::asio::awaitable<base::ExitCode> work) {
    auto code = base::ExitCode::internal;
    std::exception_ptr escaped;
    boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, base::ExitCode ended) {
        escaped = error;
        code = ended;
        io.stop();  // idle connections of the pool must not keep the process
    });
    io.run();
    if (escaped) std::rethrow_exception(escaped);
    return code;
}

Connected connect(boost::asio::io_context& io, const ClientOptions& options,
                  const settings::Environment& environment, Output output) {
    const auto connection = find_connection(options, environment);
    if (!connection) {
        return complain(output, connection.error().code, connection.error().message);
    }
    if (!connection->warning.empty()) {
        complain(output, base::ExitCode::done, "warning: " + connection->warning);
    }
    auto client = open_client(io.get_executor(), *connection);
    if (!client) return complain(output, base::ExitCode::refused, client.error().message);
    return std::move(*client);
}

}  // namespace exo::cli
