// TLS contexts: verification on, TLS 1.2 or newer. Reads certificate files when it is called; an
// error names the file. Any thread; the context is shared by its connections.
#pragma once

#include <memory>

#include "base/error.hpp"
#include "net/http_client.hpp"
#include "net/http_server.hpp"

namespace boost::asio::ssl {
class context;
}

namespace exo::net {

base::Result<std::shared_ptr<boost::asio::ssl::context>> tls_client_context(
    const TlsOptions& options);

// Null without certificate and key: plain HTTP.
base::Result<std::shared_ptr<boost::asio::ssl::context>> tls_server_context(
    const ServerOptions& options);

}  // namespace exo::net
