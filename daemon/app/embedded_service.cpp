#include "app/embedded_service.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "settings/resolve.hpp"

namespace exo::app {

base::Result<embedded::EmbeddedOptions> embedded_options(const settings::Embedded& settings,
                                                         const settings::StateManager& key,
                                                         const settings::Environment& environment) {
    embedded::EmbeddedOptions options;
    auto listen = net::parse_listen_address(settings.listen);
    if (!listen) return base::fail("embedded.listen: " + listen.error().message);
    options.listen = std::move(*listen);
    auto directory = settings::data_directory(settings, environment);
    if (!directory) return directory.error();
    options.data_dir = std::move(*directory);
    options.durability = settings.durability;

    const bool configured = !key.api_key_file.empty() || !key.api_key.empty() ||
                            !environment.api_key.empty() ||
                            !environment.credentials_directory.empty();
    if (configured) {
        auto found = settings::find_api_key(key, environment);
        if (!found) return found.error();
        options.api_key = std::move(found->value);
    } else {
        auto made = embedded::load_or_create_api_key(options.data_dir);
        if (!made) return made.error();
        options.api_key = std::move(*made);
    }
    return options;
}

base::Result<std::unique_ptr<EmbeddedService>> EmbeddedService::start(
    embedded::EmbeddedOptions options, base::Log log) {
    std::unique_ptr<EmbeddedService> service(new EmbeddedService);
    auto listen = options.listen;
    service->api_key_ = options.api_key;
    auto made = embedded::EmbeddedStateManager::create(service->io_.get_executor(),
                                                       std::move(options), std::move(log));
    if (!made) return made.error();
    service->server_ = std::move(*made);
    // Clients on this machine reach a wildcard address by loopback.
    const bool any = listen.host == "0.0.0.0" || listen.host == "::";
    net::BaseUri uri;
    uri.host = any ? "127.0.0.1" : listen.host;
    uri.port = service->server_->port();
    service->uri_ = uri.to_string();
    service->server_->start();
    service->thread_ = std::thread([self = service.get()] { self->io_.run(); });
    return service;
}

EmbeddedService::~EmbeddedService() {
    if (!thread_.joinable()) return;
    boost::asio::co_spawn(io_, server_->stop(), boost::asio::use_future).wait();
    thread_.join();
}

}  // namespace exo::app
