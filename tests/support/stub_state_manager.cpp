#include "support/stub_state_manager.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "base/log.hpp"
#include "net/http_server.hpp"
#include "support/io_thread.hpp"

namespace exo::test {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Stub = StubStateManager;

constexpr auto parse_flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

net::ServerResponse json(int status, std::string body) {
    net::ServerResponse response;
    response.status = status;
    response.headers.emplace_back("content-type", "application/json");
    response.body = std::move(body);
    return response;
}

net::ServerResponse detail(int status, const std::string& text) {
    return json(status, "{\"detail\":\"" + text + "\"}");
}

std::string quoted(const std::string& text) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    writer.String(text);
    return {buffer.GetString(), buffer.GetSize()};
}

struct Route {
    std::string call = "other";
    std::string state_id;
};

// ".../nodes/", ".../states/enqueue", ".../state/{id}/{call}"
Route route(const net::ServerRequest& request) {
    Route result;
    std::vector<std::string> parts;
    std::size_t start = 0;
    const auto path = request.target.substr(0, request.target.find('?'));
    while (start <= path.size()) {
        const auto end = std::min(path.find('/', start), path.size());
        parts.push_back(path.substr(start, end - start));
        start = end + 1;
    }
    const auto n = parts.size();
    if (n >= 2 && parts[n - 2] == "nodes" && request.method == net::Method::put) {
        result.call = "register";
    } else if (n >= 2 && parts[n - 2] == "states" && parts[n - 1] == "enqueue") {
        result.call = "enqueue";
    } else if (n >= 3 && parts[n - 3] == "state") {
        result.call = parts[n - 1];
        result.state_id = parts[n - 2];
    }
    return result;
}

struct Held {
    Stub::State state;
    std::string status = "CREATED";
    std::string settled_with;
    std::string secrets = "{}";
    Clock::time_point not_before;
    std::uint64_t claim = 0;
};

}  // namespace

Stub::Fault Stub::Fault::answer(int status, std::string detail) {
    Fault fault;
    fault.status = status;
    fault.body = "{\"detail\":\"" + detail + "\"}";
    return fault;
}

Stub::Fault Stub::Fault::html() {
    Fault fault;
    fault.status = 200;
    fault.body = "<html><body>Please log in to the network</body></html>";
    fault.content_type = "text/html";
    return fault;
}

Stub::Fault Stub::Fault::cut(bool processed) {
    Fault fault;
    fault.status = 0;
    fault.processed = processed;
    return fault;
}

Stub::Fault Stub::Fault::hang(bool processed) {
    auto fault = cut(processed);
    fault.hangs = true;
    return fault;
}

class Stub::Server {
  public:
    Server() {
        net::ServerOptions options;
        options.listen = {"127.0.0.1", 0};
        options.max_body = 300 * 1024 * 1024;
        http_ = net::HttpServer::create(
                    io_.executor(), options,
                    [this](net::ServerRequest request) { return handle(std::move(request)); }, {})
                    .value();
        io_.call([this] { http_->start(); });
    }
    ~Server() {
        io_.run(http_->stop(std::chrono::milliseconds(0)));
        io_.stop();
    }

    asio::awaitable<net::ServerResponse> handle(net::ServerRequest request) {
        const auto where = route(request);
        asio::steady_timer timer(co_await asio::this_coro::executor);
        const auto pause = delay_of(where.call);
        if (pause.count() > 0) {
            timer.expires_after(pause);
            co_await timer.async_wait(asio::use_awaitable);
        }
        if (where.call == "enqueue") {
            // Polling is simple, and soon enough for a test.
            const auto until = Clock::now() + wait_of(request.body);
            while (Clock::now() < until && !has_work(request.body)) {
                timer.expires_after(std::chrono::milliseconds(5));
                co_await timer.async_wait(asio::use_awaitable);
            }
        }
        bool hangs = false;
        auto response = answer(where, request, hangs);
        if (hangs) {
            timer.expires_at(Clock::time_point::max());
            co_await timer.async_wait(asio::use_awaitable);
        }
        co_return response;
    }

    net::ServerResponse answer(const Route& where, const net::ServerRequest& request, bool& hangs) {
        const std::lock_guard lock(mutex_);
        net::ServerResponse response;
        if (!key_.empty() && net::find_header(request.headers, "x-api-key") != key_) {
            response = detail(401, "Invalid API key");
        } else if (const auto fault = take_fault(where.call)) {
            if (fault->processed) process(where, request);
            response = json(fault->status, fault->body);
            response.headers[0].second = fault->content_type;
            response.drop = fault->status == 0;
            hangs = fault->hangs;
        } else {
            response = process(where, request);
        }
        if (long_poll_) response.headers.emplace_back("x-exosphere-long-poll", "1");
        if (claims_) response.headers.emplace_back("x-exosphere-claims", "1");
        calls_.push_back({where.call, where.state_id, request.target, request.headers, request.body,
                          response.drop ? 0 : response.status, Clock::now()});
        changed_.notify_all();
        return response;
    }

    net::ServerResponse process(const Route& where, const net::ServerRequest& request) {
        if (where.call == "register") return register_nodes(request.body);
        if (where.call == "enqueue") return enqueue(request.body);
        if (where.state_id.empty()) return detail(404, "Not Found");
        const auto found = states_.find(where.state_id);
        if (found == states_.end()) return detail(404, "State not found");
        auto& held = found->second;
        const auto claim = net::find_header(request.headers, "x-exosphere-claim");
        const bool stale = claims_ && !claim.empty() && claim != std::to_string(held.claim);
        if (where.call == "secrets") {
            return json(200, "{\"secrets\":" + held.secrets + "}");
        }
        if (where.call == "re-enqueue-after") return requeue(held, request.body, stale);
        const bool may_be_executed = where.call == "errored" && held.status == "EXECUTED";
        if (may_be_executed) return detail(400, "State is already executed");
        if (held.status != "QUEUED" || stale) {
            return detail(400, where.call == "errored" ? "State is not queued or executed"
                                                       : "State is not queued");
        }
        held.settled_with = request.body;
        if (where.call == "executed") {
            held.status = "EXECUTED";
            return json(200, R"({"status":"EXECUTED"})");
        }
        if (where.call == "errored") {
            held.status = "ERRORED";
            return json(200, R"({"status":"ERRORED","retry_created":false})");
        }
        if (where.call == "prune") {
            held.status = "PRUNED";
            return json(200, R"({"enqueue_after":1790000000000,"status":"PRUNED"})");
        }
        return detail(404, "Not Found");
    }

    net::ServerResponse register_nodes(const std::string& body) {
        rapidjson::Document document;
        document.Parse<parse_flags>(body.data(), body.size());
        if (document.HasParseError() || !document.IsObject() || !document.HasMember("nodes") ||
            !document["nodes"].IsArray() || !document.HasMember("runtime_name")) {
            return json(422, R"({"detail":[{"type":"missing","loc":["body"],"msg":"stub"}]})");
        }
        rapidjson::StringBuffer buffer;
        rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
        document["nodes"].Accept(writer);
        return json(200, "{\"runtime_name\":" + quoted(document["runtime_name"].GetString()) +
                             ",\"registered_nodes\":" + buffer.GetString() + "}");
    }

    net::ServerResponse enqueue(const std::string& body) {
        std::string states;
        std::size_t given = 0;
        for (const auto& id : ready(body)) {
            auto& held = states_.at(id);
            held.status = "QUEUED";
            ++held.claim;
            states += (given++ > 0 ? "," : "");
            states += "{\"state_id\":" + quoted(id) +
                      ",\"node_name\":" + quoted(held.state.node_name) +
                      ",\"identifier\":" + quoted(held.state.identifier) +
                      ",\"inputs\":" + held.state.inputs +
                      ",\"created_at\":\"2026-11-23T18:10:27.422000\"";
            if (claims_) states += ",\"claim\":" + std::to_string(held.claim);
            states += "}";
        }
        return json(200, "{\"count\":" + std::to_string(given) +
                             ",\"namespace\":\"stub\",\"status\":\"QUEUED\",\"states\":[" + states +
                             "]}");
    }

    net::ServerResponse requeue(Held& held, const std::string& body, bool stale) {
        rapidjson::Document document;
        document.Parse<parse_flags>(body.data(), body.size());
        if (document.HasParseError() || !document.IsObject() ||
            !document.HasMember("enqueue_after") || !document["enqueue_after"].IsInt64() ||
            document["enqueue_after"].GetInt64() <= 0) {
            return json(422, R"({"detail":[{"type":"greater_than","loc":["body"],"msg":"stub"}]})");
        }
        if (stale) return detail(400, "State is not queued");
        // As upstream: no check of the status.
        held.status = "CREATED";
        held.settled_with.clear();
        held.not_before =
            Clock::now() + std::chrono::milliseconds(document["enqueue_after"].GetInt64());
        return json(200, R"({"enqueue_after":1790000000000,"status":"CREATED"})");
    }

    // The states that this enqueue body may have, at most batch_size.
    std::vector<std::string> ready(const std::string& body) const {
        std::vector<std::string> ids;
        rapidjson::Document document;
        document.Parse<parse_flags>(body.data(), body.size());
        if (document.HasParseError() || !document.IsObject() || !document.HasMember("nodes") ||
            !document.HasMember("batch_size")) {
            return ids;
        }
        const auto limit = document["batch_size"].GetUint64();
        for (const auto& id : order_) {
            const auto& held = states_.at(id);
            if (ids.size() >= limit) break;
            if (held.status != "CREATED" || Clock::now() < held.not_before) continue;
            const auto& nodes = document["nodes"].GetArray();
            const bool wanted = std::any_of(nodes.begin(), nodes.end(), [&](const auto& node) {
                return node.GetString() == held.state.node_name;
            });
            if (wanted) ids.push_back(id);
        }
        return ids;
    }

    bool has_work(const std::string& body) const {
        const std::lock_guard lock(mutex_);
        return !ready(body).empty();
    }

    std::chrono::milliseconds wait_of(const std::string& body) const {
        const std::lock_guard lock(mutex_);
        rapidjson::Document document;
        document.Parse<parse_flags>(body.data(), body.size());
        if (!long_poll_ || document.HasParseError() || !document.IsObject() ||
            !document.HasMember("wait_ms")) {
            return {};
        }
        return std::chrono::milliseconds(document["wait_ms"].GetInt64());
    }

    std::chrono::milliseconds delay_of(const std::string& call) const {
        const std::lock_guard lock(mutex_);
        const auto found = delays_.find(call);
        return found == delays_.end() ? std::chrono::milliseconds(0) : found->second;
    }

    std::optional<Fault> take_fault(const std::string& call) {
        for (auto at = faults_.begin(); at != faults_.end(); ++at) {
            if (!at->call.empty() && at->call != call) continue;
            auto fault = at->fault;
            if (--at->times <= 0) faults_.erase(at);
            return fault;
        }
        return std::nullopt;
    }

    template <class F>
    bool wait(F condition) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, condition);
    }

    struct Planned {
        std::string call;
        Fault fault;
        int times;
    };

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<std::string> order_;
    std::map<std::string, Held> states_;
    std::vector<Call> calls_;
    std::deque<Planned> faults_;
    std::map<std::string, std::chrono::milliseconds> delays_;
    std::string key_;
    bool long_poll_ = false, claims_ = false;

    IoThread io_;
    std::unique_ptr<net::HttpServer> http_;
};

Stub::StubStateManager() : server_(std::make_unique<Server>()) {}
Stub::~StubStateManager() = default;

std::uint16_t Stub::port() const { return server_->http_->port(); }
std::string Stub::uri() const { return "http://127.0.0.1:" + std::to_string(port()); }

void Stub::add_state(State state) {
    const std::lock_guard lock(server_->mutex_);
    const auto id = state.id;
    if (!server_->states_.contains(id)) server_->order_.push_back(id);
    server_->states_[id] = Held{std::move(state), "CREATED", {}, "{}", {}, 0};
}

void Stub::set_secrets(const std::string& state_id, std::string json) {
    const std::lock_guard lock(server_->mutex_);
    server_->states_.at(state_id).secrets = std::move(json);
}

void Stub::require_key(std::string key) {
    const std::lock_guard lock(server_->mutex_);
    server_->key_ = std::move(key);
}

void Stub::announce_long_poll() {
    const std::lock_guard lock(server_->mutex_);
    server_->long_poll_ = true;
}

void Stub::announce_claims() {
    const std::lock_guard lock(server_->mutex_);
    server_->claims_ = true;
}

void Stub::fail_next(const std::string& call, Fault fault, int times) {
    const std::lock_guard lock(server_->mutex_);
    server_->faults_.push_back({call, std::move(fault), times});
}

void Stub::delay(const std::string& call, std::chrono::milliseconds duration) {
    const std::lock_guard lock(server_->mutex_);
    server_->delays_[call] = duration;
}

std::vector<Stub::Call> Stub::calls(const std::string& call) const {
    const std::lock_guard lock(server_->mutex_);
    std::vector<Call> result;
    for (const auto& one : server_->calls_) {
        if (call.empty() || one.call == call) result.push_back(one);
    }
    return result;
}

std::size_t Stub::count(const std::string& call) const { return calls(call).size(); }

bool Stub::wait_for(const std::string& call, std::size_t count) const {
    return server_->wait([&] {
        const auto matches = [&](const Call& one) { return call.empty() || one.call == call; };
        const auto seen = std::count_if(server_->calls_.begin(), server_->calls_.end(), matches);
        return static_cast<std::size_t>(seen) >= count;
    });
}

std::string Stub::status_of(const std::string& state_id) const {
    const std::lock_guard lock(server_->mutex_);
    const auto found = server_->states_.find(state_id);
    return found == server_->states_.end() ? std::string() : found->second.status;
}

bool Stub::wait_for_status(const std::string& state_id, const std::string& status) const {
    return server_->wait([&] {
        const auto found = server_->states_.find(state_id);
        return found != server_->states_.end() && found->second.status == status;
    });
}

std::string Stub::settled_with(const std::string& state_id) const {
    const std::lock_guard lock(server_->mutex_);
    const auto found = server_->states_.find(state_id);
    return found == server_->states_.end() ? std::string() : found->second.settled_with;
}

}  // namespace exo::test
