#include "remote/state_manager_client.hpp"

#include <openssl/crypto.h>

#include <utility>

#include "protocol/messages.hpp"
#include "protocol/registration.hpp"
#include "protocol/routes.hpp"
#include "remote/answers.hpp"

namespace exo::remote {
namespace {

using worker::Answer;
using worker::Awaitable;
using Exchange = boost::system::result<net::Response, net::TransportError>;

// An enqueue answer is never refused for its size below this: its states would be stranded.
constexpr std::size_t max_enqueue_body = std::size_t{1} << 30;
constexpr std::size_t max_other_body = 16 * 1024 * 1024;

bool announces(const net::Response& response, std::string_view header) {
    return net::find_header(response.headers, header) == "1";
}

}  // namespace

struct StateManagerClient::Core {
    StateManagerOptions options;
    base::Log log;
    protocol::Routes routes;
    std::unique_ptr<net::HttpClient> http;
    std::string key;

    Core(StateManagerOptions given, base::Log to)
        : options(std::move(given)), log(std::move(to)), routes(options.namespace_name) {}
    ~Core() { OPENSSL_cleanse(key.data(), key.size()); }

    net::Request request(net::Method method, std::string target, std::string body,
                         std::uint64_t claim = 0) const {
        net::Request request;
        request.method = method;
        request.target = std::move(target);
        request.body = std::move(body);
        request.timeout = options.request_timeout;
        request.max_body = max_other_body;
        request.headers.reserve(4);
        if (!key.empty()) request.headers.emplace_back(protocol::api_key_header, key);
        request.headers.emplace_back(protocol::request_id_header, protocol::new_request_id());
        if (!request.body.empty()) {
            request.headers.emplace_back("content-type", "application/json");
        }
        if (claim != 0) {
            request.headers.emplace_back(protocol::claim_header, std::to_string(claim));
        }
        return request;
    }
};

// The calls own what they use: the client may be gone before an answer comes.

Awaitable<Answer> StateManagerClient::register_with(std::shared_ptr<Core> core,
                                                    std::vector<model::NodeSchema> nodes) {
    auto body = protocol::encode_registration(core->options.runtime_name,
                                              core->options.namespace_name, nodes);
    auto request = core->request(net::Method::put, core->routes.nodes(), std::move(body));
    const Exchange exchange = co_await core->http->send(std::move(request));
    auto answer = judge(exchange);
    if (answer.kind == Answer::Kind::accepted && !protocol::accepts_registration(exchange->body)) {
        answer = not_ours(*exchange);
    }
    co_return answer;
}

Awaitable<worker::EnqueueAnswer> StateManagerClient::enqueue_at(std::shared_ptr<Core> core,
                                                                std::vector<std::string> nodes,
                                                                std::size_t batch_size,
                                                                std::chrono::milliseconds wait) {
    auto body = protocol::encode_enqueue(nodes, batch_size, wait);
    auto request = core->request(net::Method::post, core->routes.enqueue(), std::move(body));
    request.timeout = wait + core->options.enqueue_timeout;
    request.max_body = max_enqueue_body;
    const Exchange exchange = co_await core->http->send(std::move(request));
    worker::EnqueueAnswer result;
    result.answer = judge(exchange);
    if (result.answer.kind != Answer::Kind::accepted) co_return result;
    auto reply = protocol::parse_enqueue(exchange->body);
    if (!reply) {
        result.answer = not_ours(*exchange);
        result.answer.detail += ": " + reply.error().message;
        co_return result;
    }
    if (reply->unidentified > 0) {
        core->log.error("states without a valid id in an enqueue answer: nobody can report them",
                        {{"states", reply->unidentified}});
    }
    result.states = std::move(reply->states);
    result.unusable = std::move(reply->unusable);
    result.long_poll = announces(*exchange, protocol::long_poll_header);
    result.claims = announces(*exchange, protocol::claims_header);
    co_return result;
}

Awaitable<Answer> StateManagerClient::report_to(std::shared_ptr<Core> core, model::StateId state,
                                                std::uint64_t claim,
                                                std::shared_ptr<const model::Outcome> outcome) {
    auto request = core->request(net::Method::post, core->routes.report(state, *outcome),
                                 protocol::encode_report(*outcome), claim);
    const Exchange exchange = co_await core->http->send(std::move(request));
    auto answer = judge(exchange);
    if (answer.kind == Answer::Kind::accepted &&
        !protocol::accepts_report(*outcome, exchange->body)) {
        answer = not_ours(*exchange);
    }
    co_return answer;
}

Awaitable<worker::SecretsAnswer> StateManagerClient::secrets_of(std::shared_ptr<Core> core,
                                                                model::StateId state,
                                                                std::uint64_t claim) {
    auto request = core->request(net::Method::get, core->routes.secrets(state), {}, claim);
    Exchange exchange = co_await core->http->send(std::move(request));
    worker::SecretsAnswer result;
    result.answer = judge(exchange);
    if (result.answer.kind != Answer::Kind::accepted) co_return result;
    auto secrets = protocol::parse_secrets(std::move(exchange->body));
    if (secrets) {
        result.secrets = std::move(*secrets);
    } else {
        result.answer = not_ours(*exchange);
        result.answer.detail += ": " + secrets.error().message;
    }
    co_return result;
}

base::Result<std::unique_ptr<StateManagerClient>> StateManagerClient::create(
    boost::asio::any_io_executor executor, StateManagerOptions options, base::Log log) {
    net::ClientOptions http;
    http.uri = options.uri;
    http.tls = options.tls;
    http.connections = options.connections;
    http.connect_timeout = std::min(http.connect_timeout, options.request_timeout);
    http.user_agent = "exosphered/" + options.version;
    auto client = net::HttpClient::create(std::move(executor), std::move(http));
    if (!client) return client.error();
    auto core = std::make_shared<Core>(std::move(options), std::move(log));
    core->http = std::move(*client);
    auto result = std::unique_ptr<StateManagerClient>(new StateManagerClient(std::move(core)));
    result->reload_key();
    return result;
}

StateManagerClient::StateManagerClient(std::shared_ptr<Core> core) : core_(std::move(core)) {}
StateManagerClient::~StateManagerClient() { close_idle(); }

Awaitable<Answer> StateManagerClient::register_nodes(std::vector<model::NodeSchema> nodes) {
    return register_with(core_, std::move(nodes));
}

Awaitable<worker::EnqueueAnswer> StateManagerClient::enqueue(std::vector<std::string> nodes,
                                                             std::size_t batch_size,
                                                             std::chrono::milliseconds wait) {
    return enqueue_at(core_, std::move(nodes), batch_size, wait);
}

Awaitable<Answer> StateManagerClient::report(model::StateId state, std::uint64_t claim,
                                             std::shared_ptr<const model::Outcome> outcome) {
    return report_to(core_, std::move(state), claim, std::move(outcome));
}

Awaitable<worker::SecretsAnswer> StateManagerClient::secrets(model::StateId state,
                                                             std::uint64_t claim) {
    return secrets_of(core_, std::move(state), claim);
}

void StateManagerClient::reload_key() {
    if (core_->options.key_source) core_->key = core_->options.key_source();
}

void StateManagerClient::close_idle() { core_->http->close_idle(); }

}  // namespace exo::remote
