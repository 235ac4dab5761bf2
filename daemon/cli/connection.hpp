// Which state manager a client command talks to, and with which key: the command line first, then
// the environment, then --config, then the defaults. Reads key and configuration files; any thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "base/exit_code.hpp"
#include "cli/options.hpp"
#include "net/http_client.hpp"
#include "remote/operator_client.hpp"
#include "settings/environment.hpp"

namespace exo::cli {

struct Connection {
    std::string uri;
    std::string namespace_name;
    std::string api_key;         // never printed
    std::string api_key_origin;  // for messages
    net::TlsOptions tls;
    std::string warning;  // about the key's file; empty if there is none
    std::chrono::milliseconds timeout{30'000};
};

struct Refusal {
    base::ExitCode code = base::ExitCode::usage;
    std::string message;
};

[[noreturn]] void throw_exception_from_error(const Refusal& refusal,
                                             const boost::source_location& where);

using ConnectionResult = boost::system::result<Connection, Refusal>;

ConnectionResult find_connection(const ClientOptions& options,
                                 const settings::Environment& environment);

// Nothing is sent yet. Fails on a bad URI and on TLS files that cannot be used.
base::Result<std::unique_ptr<remote::OperatorClient>> open_client(
    boost::asio::any_io_executor executor, const Connection& connection);

}  // namespace exo::cli
