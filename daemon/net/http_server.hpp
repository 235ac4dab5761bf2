// An HTTP/1.1 server on one io_context thread: keep-alive, pipelining in order, bounded sizes and
// times, optional TLS. Slow clients are cut; a handler that throws answers 500 and is logged.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/log.hpp"
#include "net/http_types.hpp"
#include "net/uri.hpp"

namespace exo::net {

struct ServerOptions {
    ListenAddress listen;   // port 0: any free one, see HttpServer::port()
    std::string unix_path;  // if not empty: a unix socket (0600) instead of `listen`
    std::string tls_cert_file, tls_key_file;  // both or none
    std::string tls_client_ca_file;  // if not empty, clients must show a certificate signed by it
    std::size_t max_body = 20 * 1024 * 1024;  // larger: 413 and the connection is closed
    std::size_t max_header = 64 * 1024;       // larger: 431
    std::size_t max_connections = 4096;       // more are accepted and closed at once
    std::chrono::milliseconds header_timeout{
        10'000};  // from the first byte of a request to the end of its header
    std::chrono::milliseconds body_timeout{60'000};
    std::chrono::milliseconds idle_timeout{75'000};  // between requests of one connection
    std::chrono::milliseconds write_timeout{60'000};
};

class HttpServer {
  public:
    // Runs on the server's executor, one request of a connection at a time. It is cancelled (its
    // waits end with operation_aborted) if the server must stop before it has answered.
    using Handler = std::function<boost::asio::awaitable<ServerResponse>(ServerRequest)>;

    // Binds and listens before it returns; "listen on 127.0.0.1:8000: Address already in use"
    // otherwise.
    static base::Result<std::unique_ptr<HttpServer>> create(boost::asio::any_io_executor executor,
                                                            ServerOptions options, Handler handler,
                                                            base::Log log);
    // Destroy only after stop() and after the io_context has run dry or stopped.
    virtual ~HttpServer() = default;

    virtual std::uint16_t port() const = 0;
    virtual void start() = 0;  // begins to accept [io thread]
    // Stops accepting, closes idle connections, lets requests under way be answered for at most
    // `grace`, then cuts them. Returns when no connection is left. [io thread]
    virtual boost::asio::awaitable<void> stop(std::chrono::milliseconds grace) = 0;
};

}  // namespace exo::net
