#include "net/client_connection.hpp"

#include <boost/asio/error.hpp>
#include <utility>

#include "net/http_parser.hpp"

namespace exo::net {
namespace {

namespace asio = boost::asio;

constexpr std::uint32_t max_header = 64 * 1024;
constexpr int max_interim_answers = 16;  // 100 Continue, 103 Early Hints

}  // namespace

ClientConnection::ClientConnection(const asio::any_io_executor& executor,
                                   std::unique_ptr<Stream> stream)
    : stream_(std::move(stream)),
      buffer_(max_header),
      deadline_(executor, [this] { stream_->cancel(); }) {}

asio::awaitable<ClientConnection::Exchange> ClientConnection::exchange(std::string_view head,
                                                                       std::string_view body,
                                                                       Method method,
                                                                       std::size_t max_body,
                                                                       Clock::time_point until) {
    Exchange result;
    deadline_.set(until);
    const auto [error, sent] = co_await write_message(*stream_, head, body);
    result.sent = sent;
    if (error && (sent == 0 || deadline_.struck())) {
        result.timed_out = deadline_.struck();
        result.error = "the request could not be sent: " + error.message();
        co_return result;
    }
    // A server may refuse a large body before it has read it all and close: its answer counts.
    co_await read_answer(result, method, max_body);
    if (error) {
        result.reusable = false;
        if (!result.error.empty()) result.error = "sending was cut: " + error.message();
    }
    deadline_.clear();
    co_return result;
}

asio::awaitable<void> ClientConnection::read_answer(Exchange& exchange, Method method,
                                                    std::size_t max_body) {
    for (int i = 0; i < max_interim_answers; ++i) {
        exchange.response = {};
        ResponseParser parser({max_header, max_body}, exchange.response);
        if (method == Method::head) parser.skip(true);
        const bool complete = co_await read_message(exchange, parser, max_body);
        if (!complete) co_return;
        if (exchange.response.status / 100 == 1 && exchange.response.status != 101) continue;
        exchange.reusable =
            parser.keep_alive() && buffer_.empty() && exchange.response.status != 101;
        co_return;
    }
    exchange.error = "malformed answer: too many interim answers";
}

// True: one message is complete; otherwise exchange.error says why not.
asio::awaitable<bool> ClientConnection::read_message(Exchange& exchange, ResponseParser& parser,
                                                     std::size_t max_body) {
    for (;;) {
        auto step = parser.step(buffer_);
        if (step == ParseStep::header && !plain_transfer(exchange.response.headers)) {
            exchange.error = "malformed answer: unknown transfer-encoding";
            co_return false;
        }
        if (step == ParseStep::need_more && !deadline_.struck()) {
            const auto [error, n] = co_await stream_->read_some(buffer_.prepare());
            buffer_.commit(n);
            if (!error) continue;
            if (error == asio::error::eof && parser.got_some()) {
                step = parser.end_of_stream();
            }
            if (step != ParseStep::complete && !deadline_.struck()) {
                const bool silent = !parser.got_some() && buffer_.empty();
                exchange.error = (silent ? "the connection ended before an answer came: "
                                         : "the answer was cut: ") +
                                 error.message();
                co_return false;
            }
        }
        if (step == ParseStep::complete) co_return true;
        if (deadline_.struck()) {
            exchange.timed_out = true;
            exchange.error = "timed out";
            co_return false;
        }
        if (step == ParseStep::failed) {
            exchange.error = parser.too_large() ? "the answer's body is larger than " +
                                                      std::to_string(max_body) + " bytes"
                                                : "malformed answer: " + parser.error().message();
            co_return false;
        }
    }
}

}  // namespace exo::net
