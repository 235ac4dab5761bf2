#include "net/dial.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

#include "net/timeout.hpp"

namespace exo::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

// getaddrinfo() cannot be interrupted: a resolution that takes too long is left to itself.
struct Resolution {
    explicit Resolution(const asio::any_io_executor& executor)
        : resolver(executor), finished(executor) {}
    tcp::resolver resolver;
    asio::steady_timer finished;  // cancelled when there is a result
    bool done = false;
    error_code error;
    std::vector<tcp::endpoint> endpoints;
};

asio::awaitable<void> resolve(std::shared_ptr<Resolution> resolution, std::string host,
                              std::uint16_t port, Clock::time_point until) {
    error_code not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) {
        resolution->endpoints.emplace_back(address, port);
        co_return;
    }
    resolution->finished.expires_at(until);
    resolution->resolver.async_resolve(
        host, std::to_string(port), tcp::resolver::numeric_service,
        [resolution](const error_code& error, const tcp::resolver::results_type& results) {
            resolution->done = true;
            resolution->error = error;
            for (const auto& entry : results) resolution->endpoints.push_back(entry.endpoint());
            resolution->finished.cancel();
        });
    co_await resolution->finished.async_wait(as_result);
    if (!resolution->done) {
        resolution->error = asio::error::timed_out;
        resolution->resolver.cancel();
    }
}

// Tries the addresses in turn; each gets its share of the time that is left.
asio::awaitable<error_code> connect(tcp::socket& socket, std::vector<tcp::endpoint> endpoints,
                                    Clock::time_point until) {
    error_code result = asio::error::host_not_found;
    Deadline deadline(socket.get_executor(), [&socket] {
        error_code ignored;
        socket.cancel(ignored);
    });
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
        const auto left = until - Clock::now();
        if (left <= Clock::duration::zero()) co_return asio::error::timed_out;
        error_code ignored;
        socket.close(ignored);
        socket.open(endpoints[i].protocol(), result);
        if (result) continue;
        deadline.set_after(left / static_cast<int>(endpoints.size() - i));
        const auto [error] = co_await socket.async_connect(endpoints[i], as_result);
        result = deadline.struck() ? error_code(asio::error::timed_out) : error;
        if (!result) break;
    }
    co_return result;
}

asio::awaitable<std::string> shake_hands(Stream& stream, asio::any_io_executor executor,
                                         Clock::time_point until) {
    Deadline deadline(executor, [&stream] { stream.cancel(); });
    deadline.set(until);
    auto error = co_await stream.handshake();
    co_return deadline.struck() ? std::string("Connection timed out") : error;
}

}  // namespace

std::string origin_text(const BaseUri& uri) {
    const bool v6 = uri.host.find(':') != std::string::npos;
    return (v6 ? "[" + uri.host + "]" : uri.host) + ":" + std::to_string(uri.port);
}

asio::awaitable<Dialed> dial(asio::any_io_executor executor, BaseUri uri,
                             std::shared_ptr<asio::ssl::context> tls, Clock::time_point until) {
    const auto resolution = std::make_shared<Resolution>(executor);
    co_await resolve(resolution, uri.host, uri.port, until);
    if (resolution->error) {
        co_return Dialed{nullptr, "resolve " + uri.host + ": " + resolution->error.message()};
    }
    tcp::socket socket(executor);
    const auto failed = co_await connect(socket, std::move(resolution->endpoints), until);
    if (failed) {
        co_return Dialed{nullptr, "connect " + origin_text(uri) + ": " + failed.message()};
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    Dialed dialed;
    if (!tls) {
        dialed.stream = plain_stream(std::move(socket));
        co_return dialed;
    }
    dialed.stream = tls_client_stream(std::move(socket), std::move(tls), uri.host);
    const auto refused = co_await shake_hands(*dialed.stream, executor, until);
    if (!refused.empty()) {
        dialed.stream.reset();
        dialed.error = "TLS with " + origin_text(uri) + ": " + refused;
    }
    co_return dialed;
}

}  // namespace exo::net
