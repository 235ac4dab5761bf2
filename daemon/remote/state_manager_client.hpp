// The worker's state manager over HTTP: implements worker::StateManager with net/ and protocol/.
// Lives on the worker's io thread; owned by app. Retries nothing: it says what an answer means, and
// the worker decides.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/log.hpp"
#include "net/http_client.hpp"
#include "net/uri.hpp"
#include "worker/ports.hpp"

namespace exo::remote {

struct StateManagerOptions {
    net::BaseUri uri;
    net::TlsOptions tls;
    std::string namespace_name;
    std::string runtime_name;
    std::size_t connections = 64;
    std::chrono::milliseconds request_timeout{30'000};
    // Enqueue only, in addition to its wait: the answer holds states whose ids nobody else knows,
    // so it is given up only when it cannot come any more.
    std::chrono::milliseconds enqueue_timeout{300'000};
    // Reads the API key from where it is kept; "" = none. Called now and by reload_key().
    std::function<std::string()> key_source;
    std::string version;  // of the daemon, for the User-Agent
};

class StateManagerClient final : public worker::StateManager {
  public:
    // Fails if a certificate file cannot be used. Connects at the first call.
    static base::Result<std::unique_ptr<StateManagerClient>> create(
        boost::asio::any_io_executor executor, StateManagerOptions options, base::Log log);
    ~StateManagerClient() override;

    worker::Awaitable<worker::Answer> register_nodes(std::vector<model::NodeSchema> nodes) override;
    worker::Awaitable<worker::EnqueueAnswer> enqueue(std::vector<std::string> nodes,
                                                     std::size_t batch_size,
                                                     std::chrono::milliseconds wait) override;
    worker::Awaitable<worker::Answer> report(
        model::StateId state, std::uint64_t claim,
        std::shared_ptr<const model::Outcome> outcome) override;
    worker::Awaitable<worker::SecretsAnswer> secrets(model::StateId state,
                                                     std::uint64_t claim) override;
    void reload_key() override;

    // Closes idle connections, so that the io_context can run dry.
    void close_idle();

  private:
    struct Core;  // shared with the calls under way
    explicit StateManagerClient(std::shared_ptr<Core> core);

    static worker::Awaitable<worker::Answer> register_with(std::shared_ptr<Core> core,
                                                           std::vector<model::NodeSchema> nodes);
    static worker::Awaitable<worker::EnqueueAnswer> enqueue_at(std::shared_ptr<Core> core,
                                                               std::vector<std::string> nodes,
                                                               std::size_t batch_size,
                                                               std::chrono::milliseconds wait);
    static worker::Awaitable<worker::Answer> report_to(
        std::shared_ptr<Core> core, model::StateId state, std::uint64_t claim,
        std::shared_ptr<const model::Outcome> outcome);
    static worker::Awaitable<worker::SecretsAnswer> secrets_of(std::shared_ptr<Core> core,
                                                               model::StateId state,
                                                               std::uint64_t claim);

    std::shared_ptr<Core> core_;
};

}  // namespace exo::remote
