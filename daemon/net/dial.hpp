// Opens one connection to a base URI: resolve, connect, TLS handshake, each within the time given.
// Nothing of a request leaves before it has succeeded. Internal to net/.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "net/stream.hpp"
#include "net/uri.hpp"

namespace exo::net {

struct Dialed {
    std::unique_ptr<Stream> stream;  // null: `error` says why
    std::string error;               // "connect 127.0.0.1:8000: Connection refused"
};

// Without `tls`: plain HTTP.
boost::asio::awaitable<Dialed> dial(boost::asio::any_io_executor executor, BaseUri uri,
                                    std::shared_ptr<boost::asio::ssl::context> tls,
                                    std::chrono::steady_clock::time_point until);

// "127.0.0.1:8000", "[::1]:8000"
std::string origin_text(const BaseUri& uri);

}  // namespace exo::net
