#include "embedded/server.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <random>

#include "embedded/api.hpp"
#include "net/http_server.hpp"

namespace exo::embedded {

namespace {

namespace asio = boost::asio;

constexpr std::size_t shortest_remote_key = 16;
constexpr std::chrono::milliseconds stop_grace{5'000};
// Work that is due later than this is looked at again until it is near.
constexpr std::chrono::milliseconds longest_pause{600'000};

// Two servers on one directory would hand out every state twice.
class DirectoryLock {
  public:
    static base::Result<DirectoryLock> take(const std::string& data_dir) {
        const auto path = data_dir + "/lock";
        DirectoryLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        if (lock.fd_ < 0 || ::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
            return base::fail("data directory " + data_dir +
                              " cannot be locked: another state manager uses it");
        }
        return lock;
    }
    DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    DirectoryLock& operator=(DirectoryLock&&) = delete;
    ~DirectoryLock() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }

  private:
    explicit DirectoryLock(int fd) : fd_(fd) {}
    int fd_;
};

std::int64_t system_micros() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

RandomSource jitter_source() {
    return [engine = std::mt19937_64(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
    };
}

class Server final : public EmbeddedStateManager {
  public:
    Server(const asio::any_io_executor& executor, EmbeddedOptions options, DirectoryLock lock,
           std::unique_ptr<Store> store, SecretsCipher cipher, const base::Log& log)
        : lock_(std::move(lock)),
          options_(std::move(options)),
          store_(std::move(store)),
          cipher_(std::move(cipher)),
          graphs_(*store_),
          commits_(executor, store_->database(), log, [this] { graphs_.forget(); }),
          transitions_(*store_, graphs_,
                       {.now_ms = [clock = options_.clock] { return clock() / 1000; },
                        .random = jitter_source(),
                        .came =
                            [this](const std::string& namespace_name, const std::string& node) {
                                waiters_.work_came({namespace_name, node});
                            },
                        .strict_upstream = options_.strict_upstream}),
          waiters_(executor,
                   [this](const NodeKey& node, std::size_t limit) { return due(node, limit); }),
          api_(*store_, graphs_, transitions_, commits_, waiters_, cipher_,
               {options_.api_key, options_.clock, options_.strict_upstream,
                options_.tls_cert_file.empty() ? "http" : "https"},
               log) {}

    base::Result<> listen(const asio::any_io_executor& executor, const base::Log& log) {
        net::ServerOptions server;
        server.listen = options_.listen;
        server.tls_cert_file = options_.tls_cert_file;
        server.tls_key_file = options_.tls_key_file;
        auto http = net::HttpServer::create(
            executor, server,
            [this](net::ServerRequest request) { return api_.handle(std::move(request)); }, log);
        if (!http) {
            return http.error();
        }
        http_ = std::move(*http);
        return {};
    }

    std::uint16_t port() const override { return http_->port(); }
    const std::string& api_key() const override { return options_.api_key; }
    void start() override { http_->start(); }
    asio::awaitable<void> stop() override {
        waiters_.stop();
        co_await http_->stop(stop_grace);
        commits_.flush();
    }
    EmbeddedStats stats() const override {
        return {store_->database().statements_run(), waiters_.count()};
    }

  private:
    DueWork due(const NodeKey& node, std::size_t limit) {
        const auto [now, next] = transitions_.due_work(node.first, node.second, limit);
        DueWork work{now, std::nullopt};
        if (next) {
            const std::chrono::milliseconds pause(*next - options_.clock() / 1000);
            work.next = std::min<std::chrono::milliseconds>(pause, longest_pause);
        }
        return work;
    }

    DirectoryLock lock_;
    EmbeddedOptions options_;
    std::unique_ptr<Store> store_;
    SecretsCipher cipher_;
    GraphCache graphs_;
    CommitGroup commits_;
    Transitions transitions_;
    Waiters waiters_;
    Api api_;
    std::unique_ptr<net::HttpServer> http_;
};

base::Result<SecretsCipher> load_cipher(const std::string& data_dir) {
    const auto path = data_dir + "/secrets-key";
    const auto text =
        read_or_create_private_file(path, [] { return base64url_encode(random_bytes(32)); });
    if (!text) {
        return text.error();
    }
    auto key = base64url_decode(*text);
    auto cipher = SecretsCipher::create(key ? std::move(*key) : std::string());
    return cipher ? std::move(cipher) : base::fail(path + ": " + cipher.error().message);
}

sqlite::Synchronous synchronous(settings::Durability durability) {
    switch (durability) {
        case settings::Durability::process:
            return sqlite::Synchronous::normal;
        case settings::Durability::power:
            return sqlite::Synchronous::full;
    }
    return sqlite::Synchronous::full;
}

}  // namespace

base::Result<std::unique_ptr<EmbeddedStateManager>> EmbeddedStateManager::create(
    asio::any_io_executor executor, EmbeddedOptions options, base::Log log) {
    if (auto made = make_private_directory(options.data_dir); !made) {
        return made.error();
    }
    if (options.api_key.empty()) {
        auto key = load_or_create_api_key(options.data_dir);
        if (!key) {
            return key.error();
        }
        options.api_key = std::move(*key);
    }
    if (!net::is_loopback(options.listen) && options.api_key.size() < shortest_remote_key) {
        return base::fail("listen on " + options.listen.host +
                          ": refused, an address that others can reach needs an API key of at "
                          "least 16 characters");
    }
    auto lock = DirectoryLock::take(options.data_dir);
    if (!lock) {
        return lock.error();
    }
    auto cipher = load_cipher(options.data_dir);
    if (!cipher) {
        return cipher.error();
    }
    auto store =
        Store::open(options.data_dir + "/state-manager.db", synchronous(options.durability));
    if (!store) {
        return store.error();
    }
    if (!options.clock) {
        options.clock = system_micros;
    }
    auto server = std::make_unique<Server>(executor, std::move(options), std::move(*lock),
                                           std::move(*store), std::move(*cipher), log);
    if (auto listening = server->listen(executor, log); !listening) {
        return listening.error();
    }
    return std::unique_ptr<EmbeddedStateManager>(std::move(server));
}

}  // namespace exo::embedded
