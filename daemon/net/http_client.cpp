#include "net/http_client.hpp"

#include <algorithm>
#include <boost/asio/ssl/context.hpp>
#include <optional>
#include <utility>

#include "net/client_connection.hpp"
#include "net/connection_pool.hpp"
#include "net/dial.hpp"
#include "net/http_writer.hpp"
#include "net/tls.hpp"

namespace exo::net {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Answer = boost::system::result<Response, TransportError>;

// What the requests of one client share; outlives the client while one is under way.
struct Origin {
    ClientOptions options;
    std::shared_ptr<asio::ssl::context> tls;
    std::shared_ptr<ConnectionPool> pool;
    std::string name;         // "127.0.0.1:8000"
    std::string fixed_lines;  // host and user-agent
};

std::string limit_text(std::chrono::milliseconds limit) {
    return std::to_string(limit.count()) + " ms";
}

bool is_target(std::string_view target) {
    const auto printable = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte < 0x7f;
    };
    return target.starts_with('/') && std::all_of(target.begin(), target.end(), printable);
}

// Empty: the request can be written as HTTP. A value is never repeated: it may be a key.
std::string why_unsendable(const Request& request) {
    if (!is_target(request.target)) return "the request's target is not a path";
    for (const auto& [name, value] : request.headers) {
        if (name.empty() || has_line_break(name) || has_line_break(value)) {
            return "the header \"" + name + "\" holds a control character";
        }
    }
    return {};
}

std::string head_of(const Origin& origin, const Request& request, std::string_view target) {
    std::string head;
    head.reserve(512);
    head.append(to_string(request.method)).append(" ").append(target).append(" HTTP/1.1\r\n");
    head.append(origin.fixed_lines);
    for (const auto& [name, value] : request.headers) append_field(head, name, value);
    const bool has_content = request.method == Method::post || request.method == Method::put ||
                             request.method == Method::patch || !request.body.empty();
    if (has_content) append_field(head, "content-length", std::to_string(request.body.size()));
    head.append("\r\n");
    return head;
}

// Path and query of a Location; scheme and host are not looked at, because requests never leave
// their origin. None: it is nothing that we follow.
std::optional<std::string> path_of_location(std::string_view location, std::string_view prefix) {
    location = location.substr(0, location.find('#'));
    auto authority = location.find("://");
    const bool relative_scheme = location.starts_with("//");
    if (relative_scheme || (authority != std::string_view::npos && !location.starts_with('/'))) {
        location.remove_prefix(relative_scheme ? 2 : authority + 3);
        const auto path = location.find('/');
        if (path == std::string_view::npos) return std::nullopt;
        location.remove_prefix(path);
    }
    if (!is_target(location)) return std::nullopt;
    // A server behind a proxy that strips the prefix does not know of it.
    const bool has_prefix =
        location.starts_with(prefix) &&
        (prefix.empty() || location.size() == prefix.size() || location[prefix.size()] == '/');
    return has_prefix ? std::string(location) : std::string(prefix) + std::string(location);
}

TransportError explain(const Origin& origin, const ClientConnection::Exchange& exchange,
                       const Request& request) {
    TransportError error;
    error.maybe_processed = exchange.sent > 0;
    error.message = exchange.timed_out
                        ? "no answer from " + origin.name + " within " + limit_text(request.timeout)
                        : origin.name + ": " + exchange.error;
    return error;
}

// Sends once; again only if a connection that had been idle turns out to be closed before a single
// byte of the request had left.
asio::awaitable<Answer> exchange_once(std::shared_ptr<Origin> origin, const Request& request,
                                      std::string target, Clock::time_point until) {
    const auto head = head_of(*origin, request, target);
    for (;;) {
        auto lease = co_await ConnectionPool::acquire(origin->pool, until);
        if (!lease) {
            co_return TransportError{false, "no connection to " + origin->name +
                                                " was free within " + limit_text(request.timeout)};
        }
        const bool reused = lease.connection() != nullptr;
        if (!reused) {
            const auto limit = Clock::now() + origin->options.connect_timeout;
            auto dialed = co_await dial(origin->pool->executor(), origin->options.uri, origin->tls,
                                        std::min(until, limit));
            if (!dialed.stream) co_return TransportError{false, std::move(dialed.error)};
            lease.opened(std::make_unique<ClientConnection>(origin->pool->executor(),
                                                            std::move(dialed.stream)));
        }
        auto exchange = co_await lease.connection()->exchange(head, request.body, request.method,
                                                              request.max_body, until);
        if (exchange.error.empty()) {
            if (exchange.reusable) lease.keep();
            co_return std::move(exchange.response);
        }
        if (reused && exchange.sent == 0 && !exchange.timed_out) continue;
        co_return explain(*origin, exchange, request);
    }
}

asio::awaitable<Answer> send_to(std::shared_ptr<Origin> origin, Request request) {
    const auto until = Clock::now() + request.timeout;
    auto unsendable = why_unsendable(request);
    if (!unsendable.empty()) co_return TransportError{false, std::move(unsendable)};
    const auto& prefix = origin->options.uri.path_prefix;
    auto answer = co_await exchange_once(origin, request, prefix + request.target, until);
    if (!answer || (answer->status != 307 && answer->status != 308)) co_return answer;
    auto target = path_of_location(find_header(answer->headers, "location"), prefix);
    if (!target) co_return answer;
    co_return co_await exchange_once(origin, request, std::move(*target), until);
}

class PooledHttpClient final : public HttpClient {
  public:
    explicit PooledHttpClient(std::shared_ptr<Origin> origin) : origin_(std::move(origin)) {}
    ~PooledHttpClient() override { origin_->pool->close_idle(); }

    asio::awaitable<Answer> send(Request request) override {
        return send_to(origin_, std::move(request));
    }
    void close_idle() override { origin_->pool->close_idle(); }

  private:
    std::shared_ptr<Origin> origin_;
};

}  // namespace

base::Result<std::unique_ptr<HttpClient>> HttpClient::create(asio::any_io_executor executor,
                                                             ClientOptions options) {
    auto origin = std::make_shared<Origin>();
    if (options.uri.tls) {
        auto tls = tls_client_context(options.tls);
        if (!tls) return tls.error();
        origin->tls = std::move(tls.value());
    }
    origin->pool = std::make_shared<ConnectionPool>(std::move(executor), options.connections,
                                                    options.idle_limit);
    origin->name = origin_text(options.uri);
    append_field(origin->fixed_lines, "host", options.uri.host_header());
    if (!options.user_agent.empty()) {
        append_field(origin->fixed_lines, "user-agent", options.user_agent);
    }
    append_field(origin->fixed_lines, "accept", "*/*");
    origin->options = std::move(options);
    return std::unique_ptr<HttpClient>(std::make_unique<PooledHttpClient>(std::move(origin)));
}

}  // namespace exo::net
