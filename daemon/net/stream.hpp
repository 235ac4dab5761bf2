// One connected byte stream, plain (TCP or unix socket) or TLS, behind one type, so that HTTP is
// compiled once. Used on one io_context thread; owned by its connection. Internal to net/.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

namespace boost::asio::ssl {
class context;
}

namespace exo::net {

using Socket = boost::asio::generic::stream_protocol::socket;

class Stream {
  public:
    using Buffers = std::array<boost::asio::const_buffer, 2>;
    using IoResult = std::tuple<boost::system::error_code, std::size_t>;

    virtual ~Stream() = default;

    // Nothing for a plain stream. The error text says why a certificate was refused; empty = done.
    virtual boost::asio::awaitable<std::string> handshake() = 0;
    // asio::error::eof at the end, also when a TLS peer left without saying so.
    virtual boost::asio::awaitable<IoResult> read_some(boost::asio::mutable_buffer into) = 0;
    // What can be written without waiting; would_block is not an error here.
    virtual std::size_t try_write(Buffers buffers, boost::system::error_code& error) = 0;
    // Everything, or the error and how many bytes had been handed over until then.
    virtual boost::asio::awaitable<IoResult> write_all(Buffers buffers) = 0;

    // Ends a TLS session properly (as far as the peer plays along) and the sending direction.
    virtual boost::asio::awaitable<void> finish_sending() = 0;
    // Operations under way end with operation_aborted; the stream can still be used.
    virtual void cancel() = 0;
    virtual void close() = 0;
    // Nothing has arrived on it, and the peer has not closed it: fit to be used again.
    virtual bool quiet() = 0;
};

std::unique_ptr<Stream> plain_stream(Socket socket);
// `host`: the name that the certificate must be valid for.
std::unique_ptr<Stream> tls_client_stream(Socket socket,
                                          std::shared_ptr<boost::asio::ssl::context> context,
                                          const std::string& host);
std::unique_ptr<Stream> tls_server_stream(Socket socket,
                                          std::shared_ptr<boost::asio::ssl::context> context);

// Writes head, then body. Mostly without waiting; the bytes that had been handed over when it
// failed are in the result.
boost::asio::awaitable<Stream::IoResult> write_message(Stream& stream, std::string_view head,
                                                       std::string_view body);

}  // namespace exo::net
