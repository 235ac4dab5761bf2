#include "net/server_connection.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/beast/core/string.hpp>
#include <exception>
#include <utility>

#include "net/http_parser.hpp"
#include "net/http_writer.hpp"

namespace exo::net {
namespace {

namespace asio = boost::asio;

// How long a client may take to notice that we close. Closing at once would reset the connection
// if it is still sending, and it might never see our answer.
constexpr std::chrono::seconds linger{1};

ServerResponse json_answer(int status, std::string body) {
    ServerResponse response;
    response.status = status;
    response.headers.emplace_back("content-type", "application/json");
    response.body = std::move(body);
    return response;
}

// "POST /v0/...": without the query, and short. Written into `out`, whose memory is reused.
void path_for_log(std::string& out, const ServerRequest& request) {
    const std::string_view target(request.target);
    out.assign(request.method_text).append(" ");
    out.append(target.substr(0, std::min<std::size_t>(target.find('?'), 200)));
}

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

const std::string& ServerShared::date() {
    const auto now = std::time(nullptr);
    if (now != date_at_) {
        date_at_ = now;
        std::tm parts{};
        ::gmtime_r(&now, &parts);
        char text[64];
        const auto n = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        date_text_.assign(text, n);
    }
    return date_text_;
}

ServerConnection::ServerConnection(const asio::any_io_executor& executor,
                                   std::shared_ptr<ServerShared> shared,
                                   std::unique_ptr<Stream> stream, std::string peer)
    : shared_(std::move(shared)),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      buffer_(std::max<std::size_t>(shared_->options.max_header, 64 * 1024)),
      deadline_(executor, [this] { stream_->cancel(); }) {
    shared_->connections.insert(this);
}

ServerConnection::~ServerConnection() {
    shared_->connections.erase(this);
    if (shared_->connection_ended) shared_->connection_ended();
}

void ServerConnection::close_if_idle() {
    if (phase_ == Phase::idle) stream_->close();
}

void ServerConnection::cut() {
    cut_ = true;
    stream_->close();
    cancellation_.emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> ServerConnection::run(std::shared_ptr<ServerConnection> self) {
    auto& me = *self;
    me.deadline_.set_after(me.shared_->options.header_timeout);
    const auto refused = co_await me.stream_->handshake();
    if (!refused.empty()) {
        me.shared_->log.debug("TLS handshake failed", {{"peer", me.peer_}, {"error", refused}});
        co_return;
    }
    while (co_await me.serve_one()) {
    }
    if (me.polite_ && !me.cut_) co_await me.farewell();
    me.stream_->close();
}

// True: the connection can take another request.
asio::awaitable<bool> ServerConnection::serve_one() {
    ServerRequest request;
    RequestParser parser({static_cast<std::uint32_t>(shared_->options.max_header),
                          static_cast<std::uint64_t>(shared_->options.max_body)},
                         request);
    phase_ = Phase::idle;
    if (shared_->stopping && buffer_.empty()) co_return false;
    if (!co_await receive(parser, request)) co_return false;

    phase_ = Phase::answering;
    deadline_.clear();
    const bool head_only = request.method == Method::head;
    const bool client_keeps = parser.keep_alive();
    path_for_log(path_, request);
    request.peer = peer_;
    request.peer_waits = [this] { return buffer_.empty() && stream_->quiet(); };
    const auto response = co_await answer(std::move(request));
    polite_ = polite_ && !response.drop;
    if (cut_ || response.drop) co_return false;
    co_return co_await write(response, head_only, parser.http_1_1(),
                             client_keeps && !shared_->stopping);
}

// Reads one whole request. False: the connection is over (and a refusal was written, if one was
// due).
asio::awaitable<bool> ServerConnection::receive(RequestParser& parser, ServerRequest& request) {
    deadline_.set_after(shared_->options.idle_timeout);
    for (;;) {
        const auto step = parser.step(buffer_);
        if (step == ParseStep::complete) co_return true;
        bool going_on = false;
        if (step == ParseStep::failed) {
            going_on = co_await refuse_malformed(parser);
        } else if (step == ParseStep::header) {
            phase_ = Phase::receiving;
            going_on = co_await accept_header(parser, request);
            if (!parser.is_done()) deadline_.set_after(shared_->options.body_timeout);
        } else {
            if (phase_ == Phase::idle && (parser.got_some() || !buffer_.empty())) {
                phase_ = Phase::receiving;
                deadline_.set_after(shared_->options.header_timeout);
            }
            going_on = co_await read_more();
        }
        if (!going_on) co_return false;
    }
}

asio::awaitable<bool> ServerConnection::refuse_malformed(const RequestParser& parser) {
    if (parser.too_large()) return refuse(413, "Request body too large");
    if (parser.header_too_large()) return refuse(431, "Request header fields too large");
    return refuse(400, "Malformed request: " + parser.error().message());
}

asio::awaitable<bool> ServerConnection::read_more() {
    if (deadline_.struck()) {
        if (phase_ == Phase::idle) co_return false;
        co_return co_await refuse(408, "Request Timeout");
    }
    const auto [error, n] = co_await stream_->read_some(buffer_.prepare());
    buffer_.commit(n);
    if (!error) co_return true;
    if (deadline_.struck() && !cut_ && phase_ != Phase::idle) {
        co_return co_await refuse(408, "Request Timeout");
    }
    co_return false;  // idle for too long, closed by the client, or cut in the middle
}

// Looks at a header before its body comes.
asio::awaitable<bool> ServerConnection::accept_header(RequestParser& parser,
                                                      const ServerRequest& request) {
    if (!plain_transfer(request.headers)) {
        co_return co_await refuse(501, "Transfer-Encoding not supported");
    }
    const auto names_host = [](const auto& field) { return field.first == "host"; };
    const auto hosts = std::count_if(request.headers.begin(), request.headers.end(), names_host);
    if (hosts > 1 || (hosts == 0 && parser.http_1_1())) {
        co_return co_await refuse(400, "Malformed request: exactly one Host header is needed");
    }
    const auto expectation = find_header(request.headers, "expect");
    if (expectation.empty() || !parser.http_1_1()) co_return true;
    if (!boost::beast::iequals(expectation, "100-continue")) {
        co_return co_await refuse(417, "Expectation not supported");
    }
    if (parser.is_done() || !buffer_.empty()) co_return true;  // the body did not wait for us
    deadline_.set_after(shared_->options.write_timeout);
    const auto [error, n] = co_await write_message(*stream_, "HTTP/1.1 100 Continue\r\n\r\n", {});
    co_return !error;
}

asio::awaitable<ServerResponse> ServerConnection::answer(ServerRequest request) {
    std::string failure;
    try {
        co_return co_await shared_->handler(std::move(request));
    } catch (const std::exception& error) {
        failure = error.what();
    } catch (...) {
        failure = "unknown exception";
    }
    if (!cut_) {
        shared_->log.error("a request handler failed: answered with 500",
                           {{"request", path_}, {"peer", peer_}, {"error", failure}});
    }
    co_return json_answer(500, R"({"success":false,"detail":"internal server error"})");
}

// True: written, and the connection stays open.
asio::awaitable<bool> ServerConnection::write(const ServerResponse& response, bool head_only,
                                              bool http_1_1, bool keep_alive) {
    auto& out = head_out_;
    out.clear();
    append_status_line(out, response.status);
    for (const auto& [name, value] : response.headers) append_field(out, name, value);
    append_field(out, "date", shared_->date());
    const bool bodiless = has_no_body(response.status);
    if (!bodiless) append_field(out, "content-length", std::to_string(response.body.size()));
    if (!keep_alive) {
        append_field(out, "connection", "close");
    } else if (!http_1_1) {
        append_field(out, "connection", "keep-alive");
    }
    out.append("\r\n");
    const bool with_body = !bodiless && !head_only;
    deadline_.set_after(shared_->options.write_timeout);
    const auto [error, n] = co_await write_message(
        *stream_, out, with_body ? std::string_view(response.body) : std::string_view{});
    polite_ = !error;
    co_return polite_&& keep_alive;
}

asio::awaitable<bool> ServerConnection::refuse(int status, std::string detail) {
    phase_ = Phase::answering;
    shared_->log.debug("a request was refused",
                       {{"peer", peer_}, {"status", status}, {"detail", detail}});
    // The detail is ASCII of ours and of Beast's error texts: nothing in it needs escaping.
    const auto response = json_answer(status, "{\"detail\":\"" + detail + "\"}");
    co_await write(response, false, true, false);
    co_return false;
}

asio::awaitable<void> ServerConnection::farewell() {
    deadline_.set_after(linger);
    co_await stream_->finish_sending();
    while (!deadline_.struck() && !cut_) {
        buffer_.consume(buffer_.data().size());
        const auto [error, n] = co_await stream_->read_some(buffer_.prepare());
        if (error || n == 0) break;
        buffer_.commit(n);
    }
}

}  // namespace exo::net
