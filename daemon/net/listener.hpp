// Opens the listening socket of a server: TCP or unix. Blocking only in name resolution, so it is
// called before the server starts. Internal to net/.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <string>

#include "base/error.hpp"
#include "net/stream.hpp"
#include "net/uri.hpp"

namespace exo::net {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

base::Result<Acceptor> listen_tcp(const boost::asio::any_io_executor& executor,
                                  const ListenAddress& address);
// Mode 0600. A socket file that nobody listens on any more is replaced.
base::Result<Acceptor> listen_unix(const boost::asio::any_io_executor& executor,
                                   const std::string& path);

// "127.0.0.1:51234", "[::1]:51234", "unix"; empty if the peer is already gone.
std::string peer_text(const Socket& socket);
std::uint16_t local_port(const Acceptor& acceptor);

}  // namespace exo::net
