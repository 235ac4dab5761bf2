#include "net/stream.hpp"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <utility>

namespace exo::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

// True if the socket is open and holds nothing unread. One system call that never waits.
bool socket_is_quiet(Socket& socket) {
    if (!socket.is_open()) return false;
    char byte = 0;
    const auto n = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void close_socket(Socket& socket) {
    error_code ignored;
    socket.close(ignored);
}

class PlainStream final : public Stream {
  public:
    explicit PlainStream(Socket socket) : socket_(std::move(socket)) {
        error_code ignored;  // a socket that broke at once shows it at the first read
        socket_.non_blocking(true, ignored);
    }

    asio::awaitable<std::string> handshake() override { co_return std::string{}; }

    asio::awaitable<IoResult> read_some(asio::mutable_buffer into) override {
        return socket_.async_read_some(into, as_result);
    }

    std::size_t try_write(Buffers buffers, error_code& error) override {
        const auto n = socket_.write_some(buffers, error);
        if (error == asio::error::would_block || error == asio::error::try_again) error = {};
        return n;
    }

    asio::awaitable<IoResult> write_all(Buffers buffers) override {
        return asio::async_write(socket_, buffers, as_result);
    }

    asio::awaitable<void> finish_sending() override {
        error_code ignored;
        socket_.shutdown(Socket::shutdown_send, ignored);
        co_return;
    }

    void cancel() override {
        error_code ignored;
        socket_.cancel(ignored);
    }
    void close() override { close_socket(socket_); }
    bool quiet() override { return socket_is_quiet(socket_); }

  private:
    Socket socket_;
};

class TlsStream final : public Stream {
  public:
    TlsStream(Socket socket, std::shared_ptr<asio::ssl::context> context, bool server)
        : context_(std::move(context)), server_(server), stream_(std::move(socket), *context_) {}

    // The certificate must be valid for this name or address. A name also goes into SNI; an address
    // must not (RFC 6066).
    void expect_host(const std::string& host) {
        host_ = host;
        auto* ssl = stream_.native_handle();
        auto* expected = SSL_get0_param(ssl);
        X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1) return;
        SSL_set1_host(ssl, host.c_str());
        SSL_set_tlsext_host_name(ssl, host.c_str());
    }

    asio::awaitable<std::string> handshake() override {
        const auto [error] = co_await stream_.async_handshake(
            server_ ? asio::ssl::stream_base::server : asio::ssl::stream_base::client, as_result);
        if (!error) co_return std::string{};
        const auto verified = SSL_get_verify_result(stream_.native_handle());
        if (!server_ && verified != X509_V_OK) {
            co_return "the server's certificate was refused: " +
                std::string(X509_verify_cert_error_string(verified)) + " (asked for " + host_ + ")";
        }
        if (error == asio::ssl::error::stream_truncated || error == asio::error::eof) {
            co_return std::string("the connection was closed during the handshake");
        }
        co_return error.message();
    }

    asio::awaitable<IoResult> read_some(asio::mutable_buffer into) override {
        auto [error, n] = co_await stream_.async_read_some(into, as_result);
        if (error == asio::ssl::error::stream_truncated) error = asio::error::eof;
        co_return IoResult{error, n};
    }

    std::size_t try_write(Buffers /*buffers*/, error_code& /*error*/) override { return 0; }

    asio::awaitable<IoResult> write_all(Buffers buffers) override {
        return asio::async_write(stream_, buffers, as_result);
    }

    asio::awaitable<void> finish_sending() override {
        // Sends close_notify; waits for the peer's, which the connection's deadline bounds.
        co_await stream_.async_shutdown(as_result);
        error_code ignored;
        stream_.next_layer().shutdown(Socket::shutdown_send, ignored);
    }

    void cancel() override {
        error_code ignored;
        stream_.next_layer().cancel(ignored);
    }
    void close() override { close_socket(stream_.next_layer()); }
    bool quiet() override {
        return SSL_pending(stream_.native_handle()) == 0 && socket_is_quiet(stream_.next_layer());
    }

  private:
    std::shared_ptr<asio::ssl::context> context_;
    bool server_;
    std::string host_;
    asio::ssl::stream<Socket> stream_;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(Socket socket) {
    return std::make_unique<PlainStream>(std::move(socket));
}

std::unique_ptr<Stream> tls_client_stream(Socket socket,
                                          std::shared_ptr<asio::ssl::context> context,
                                          const std::string& host) {
    auto stream = std::make_unique<TlsStream>(std::move(socket), std::move(context), false);
    stream->expect_host(host);
    return stream;
}

std::unique_ptr<Stream> tls_server_stream(Socket socket,
                                          std::shared_ptr<asio::ssl::context> context) {
    return std::make_unique<TlsStream>(std::move(socket), std::move(context), true);
}

asio::awaitable<Stream::IoResult> write_message(Stream& stream, std::string_view head,
                                                std::string_view body) {
    Stream::Buffers buffers{asio::buffer(head), asio::buffer(body)};
    error_code error;
    const auto sent = stream.try_write(buffers, error);
    if (error || sent == head.size() + body.size()) co_return Stream::IoResult{error, sent};
    const auto of_head = std::min(sent, head.size());
    buffers[0] += of_head;
    buffers[1] += sent - of_head;
    const auto [rest_error, rest] = co_await stream.write_all(buffers);
    co_return Stream::IoResult{rest_error, sent + rest};
}

}  // namespace exo::net
