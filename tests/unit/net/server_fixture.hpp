// An HttpServer on a thread of its own, with a handler that the tests below know. For tests of
// net/.
#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "net/http_server.hpp"
#include "support/io_thread.hpp"
#include "support/raw_socket.hpp"

namespace exo::test {

namespace asio = boost::asio;

// What the handler has seen; outlives the server.
struct Seen {
    std::atomic<int> requests{0};
    std::atomic<int> waiting{0};       // handlers in /wait
    std::atomic<bool> release{false};  // lets them answer
};

inline asio::awaitable<net::ServerResponse> echo(std::shared_ptr<Seen> seen,
                                                 net::ServerRequest request) {
    ++seen->requests;
    net::ServerResponse response{200, {{"content-type", "text/plain"}}, {}};
    if (request.target == "/throw") throw std::runtime_error("handler is broken");
    if (request.target == "/throw-int") throw 42;
    if (request.target == "/empty") {
        response.status = 204;
        co_return response;
    }
    if (request.target == "/inject") {
        response.headers.emplace_back("x-evil", "a\r\nx-injected: 1");
    }
    if (request.target == "/wait") {
        ++seen->waiting;
        asio::steady_timer timer(co_await asio::this_coro::executor);
        while (!seen->release) {
            timer.expires_after(std::chrono::milliseconds(1));
            co_await timer.async_wait(asio::use_awaitable);
        }
        --seen->waiting;
    }
    response.body = request.method_text + " " + request.target + " " + request.body;
    co_return response;
}

inline net::HttpServer::Handler echo_handler(std::shared_ptr<Seen> seen) {
    return [seen](net::ServerRequest request) { return echo(seen, std::move(request)); };
}

class ServerFixture {
  public:
    explicit ServerFixture(net::ServerOptions options = {}) {
        if (options.unix_path.empty() && options.listen.host.empty()) {
            options.listen = {"127.0.0.1", 0};
        }
        auto created = net::HttpServer::create(io_.executor(), std::move(options),
                                               echo_handler(seen_), base::Log::to_string(log_));
        server_ = std::move(created.value());
        io_.call([this] { server_->start(); });
    }
    ~ServerFixture() {
        stop(std::chrono::milliseconds(0));
        io_.stop();
    }
    ServerFixture(const ServerFixture&) = delete;
    ServerFixture& operator=(const ServerFixture&) = delete;

    void stop(std::chrono::milliseconds grace) { io_.run(server_->stop(grace)); }
    std::uint16_t port() const { return server_->port(); }
    RawSocket connect() const { return RawSocket::to_port(port()); }
    Seen& seen() { return *seen_; }
    IoThread& io() { return io_; }
    net::HttpServer& server() { return *server_; }
    std::string log() {
        return io_.call([this] { return *log_; });
    }

  private:
    std::shared_ptr<Seen> seen_ = std::make_shared<Seen>();
    std::shared_ptr<std::string> log_ = std::make_shared<std::string>();
    IoThread io_;
    std::unique_ptr<net::HttpServer> server_;
};

}  // namespace exo::test
