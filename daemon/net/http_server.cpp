#include "net/http_server.hpp"

#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/spawn.hpp"
#include "net/listener.hpp"
#include "net/server_connection.hpp"
#include "net/tls.hpp"

namespace exo::net {
namespace {

namespace asio = boost::asio;
using TlsContext = std::shared_ptr<asio::ssl::context>;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// Out of file descriptors: the waiting connections stay in the kernel's queue meanwhile.
constexpr std::chrono::milliseconds accept_pause{100};

// Shared by the server object and its accept loop.
struct Listening {
    Listening(const asio::any_io_executor& executor, Acceptor socket, TlsContext context)
        : acceptor(std::move(socket)), tls(std::move(context)), drained(executor) {}

    Acceptor acceptor;
    TlsContext tls;
    asio::steady_timer drained;  // cancelled whenever something ended that stop() waits for
    bool accepting = false;
    std::shared_ptr<ServerShared> shared = std::make_shared<ServerShared>();
};

void admit(Listening& listening, const asio::any_io_executor& executor, Socket socket) {
    auto& shared = listening.shared;
    if (shared->connections.size() >= shared->options.max_connections) {
        shared->log.warn("connection closed at once: too many",
                         {{"connections", shared->connections.size()}});
        return;
    }
    boost::system::error_code ignored;  // a unix socket has no such option
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    auto peer = peer_text(socket);
    auto stream = listening.tls ? tls_server_stream(std::move(socket), listening.tls)
                                : plain_stream(std::move(socket));
    auto connection =
        std::make_shared<ServerConnection>(executor, shared, std::move(stream), std::move(peer));
    const auto slot = connection->slot();
    base::spawn(executor, ServerConnection::run(std::move(connection)), shared->log,
                "http connection", slot);
}

asio::awaitable<void> accept_loop(std::shared_ptr<Listening> listening,
                                  asio::any_io_executor executor) {
    asio::steady_timer pause(executor);
    bool warned = false;
    while (!listening->shared->stopping) {
        auto [error, socket] = co_await listening->acceptor.async_accept(executor, as_result);
        if (listening->shared->stopping || error == asio::error::operation_aborted) break;
        if (!error) {
            warned = false;
            admit(*listening, executor, std::move(socket));
            continue;
        }
        if (error == asio::error::connection_aborted) continue;  // left before we took it
        if (!warned) {
            listening->shared->log.error("cannot accept connections; trying on",
                                         {{"error", error.message()}});
            warned = true;
        }
        pause.expires_after(accept_pause);
        co_await pause.async_wait(as_result);
    }
    listening->accepting = false;
    listening->drained.cancel();
}

class BeastHttpServer final : public HttpServer {
  public:
    BeastHttpServer(asio::any_io_executor executor, std::shared_ptr<Listening> listening)
        : executor_(std::move(executor)),
          listening_(std::move(listening)),
          port_(local_port(listening_->acceptor)) {}

    ~BeastHttpServer() override {
        listening_->shared->connection_ended = nullptr;
        remove_socket_file();
    }

    std::uint16_t port() const override { return port_; }

    void start() override {
        auto& shared = *listening_->shared;
        shared.connection_ended = [weak = std::weak_ptr<Listening>(listening_)] {
            if (const auto listening = weak.lock()) listening->drained.cancel();
        };
        listening_->accepting = true;
        base::spawn(executor_, accept_loop(listening_, executor_), shared.log, "http accept");
    }

    asio::awaitable<void> stop(std::chrono::milliseconds grace) override {
        const auto listening = listening_;  // the server may be destroyed as soon as it is idle
        auto& shared = *listening->shared;
        shared.stopping = true;
        boost::system::error_code ignored;
        listening->acceptor.close(ignored);
        remove_socket_file();
        for (auto* connection : shared.connections) connection->close_if_idle();

        const auto until = std::chrono::steady_clock::now() + grace;
        const auto busy = [&] { return listening->accepting || !shared.connections.empty(); };
        while (busy() && std::chrono::steady_clock::now() < until) {
            listening->drained.expires_at(until);
            co_await listening->drained.async_wait(as_result);
        }
        // Cutting may end a connection at once, which takes it out of the set.
        const std::vector<ServerConnection*> rest(shared.connections.begin(),
                                                  shared.connections.end());
        for (auto* connection : rest) {
            if (shared.connections.contains(connection)) connection->cut();
        }
        while (busy()) {
            listening->drained.expires_at(asio::steady_timer::time_point::max());
            co_await listening->drained.async_wait(as_result);
        }
    }

  private:
    void remove_socket_file() {
        auto& path = listening_->shared->options.unix_path;
        if (!path.empty()) ::unlink(path.c_str());
        path.clear();
    }

    asio::any_io_executor executor_;
    std::shared_ptr<Listening> listening_;
    std::uint16_t port_;
};

}  // namespace

base::Result<std::unique_ptr<HttpServer>> HttpServer::create(asio::any_io_executor executor,
                                                             ServerOptions options, Handler handler,
                                                             base::Log log) {
    auto tls = tls_server_context(options);
    if (!tls) return tls.error();
    auto acceptor = options.unix_path.empty() ? listen_tcp(executor, options.listen)
                                              : listen_unix(executor, options.unix_path);
    if (!acceptor) return acceptor.error();
    auto listening =
        std::make_shared<Listening>(executor, std::move(acceptor.value()), std::move(tls.value()));
    listening->shared->options = std::move(options);
    listening->shared->handler = std::move(handler);
    listening->shared->log = std::move(log);
    return std::unique_ptr<HttpServer>(
        std::make_unique<BeastHttpServer>(std::move(executor), std::move(listening)));
}

}  // namespace exo::net
