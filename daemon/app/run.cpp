// `exosphered run`: configuration -> daemon.
#include <iostream>

#include "app/daemon.hpp"
#include "app/embedded_service.hpp"
#include "app/options.hpp"
#include "settings/load.hpp"
#include "settings/not_yet.hpp"
#include "settings/resolve.hpp"

namespace exo::app {
namespace {

// The key as it is now: read anew at every call. What is wrong with it is logged, once per change.
std::function<std::string()> key_source(settings::StateManager settings,
                                        settings::Environment environment, base::Log log) {
    return [settings = std::move(settings), environment = std::move(environment), log] {
        auto key = settings::find_api_key(settings, environment);
        if (!key) {
            log.error(key.error().message);
            return std::string();
        }
        if (!key->warning.empty()) log.warn(key->warning);
        return key->value;
    };
}

int refuse(const std::string& message) {
    std::cerr << "exosphered: " << message << '\n';
    return base::to_int(base::ExitCode::refused);
}

}  // namespace

int run(const RunOptions& options, const settings::Environment& environment) {
    auto loaded = settings::load_file(options.config_file, environment);
    if (!loaded) {
        std::cerr << settings::to_text(loaded.error());
        return base::to_int(base::ExitCode::refused);
    }
    auto settings = std::move(*loaded);
    const auto log = base::Log::to_stderr(settings.log.level, settings.log.format);
    for (const auto& key : settings::without_effect(settings)) {
        log.warn("setting has no effect yet", {{"key", key}});
    }
    auto cache = settings::cache_directory(settings.plugins, environment);
    if (!cache) return refuse(cache.error().message);
    settings.plugins.cache_directory = *cache;

    std::unique_ptr<EmbeddedService> embedded;
    Endpoint endpoint;
    if (settings.state_manager.uri == "embedded") {
        auto options_or = embedded_options(settings.embedded, settings.state_manager, environment);
        if (!options_or) return refuse(options_or.error().message);
        auto started = EmbeddedService::start(std::move(*options_or), log);
        if (!started) return refuse(started.error().message);
        embedded = std::move(*started);
        endpoint.uri = *net::parse_base_uri(embedded->uri());
        endpoint.key = [key = embedded->api_key()] { return key; };
        log.info("embedded state manager listens", {{"uri", embedded->uri()}});
    } else {
        auto uri = net::parse_base_uri(settings.state_manager.uri);
        if (!uri) return refuse("state_manager.uri: " + uri.error().message);
        // A key that cannot be had at the start is a mistake in the configuration; later it may be
        // a rotation.
        if (auto key = settings::find_api_key(settings.state_manager, environment); !key) {
            return refuse(key.error().message);
        }
        endpoint.uri = std::move(*uri);
        endpoint.key = key_source(settings.state_manager, environment, log);
    }
    return base::to_int(run_worker(settings, std::move(endpoint), log));
}

}  // namespace exo::app
