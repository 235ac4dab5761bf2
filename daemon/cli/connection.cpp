#include "cli/connection.hpp"

#include <algorithm>
#include <stdexcept>

#include "app/version.hpp"
#include "embedded/key_file.hpp"
#include "net/uri.hpp"
#include "settings/load.hpp"
#include "settings/resolve.hpp"

namespace exo::cli {
namespace {

Refusal bad_configuration(std::string message) {
    return {base::ExitCode::refused, std::move(message)};
}

// The embedded state manager of that configuration, as another process of this machine sees it.
boost::system::result<void, Refusal> use_embedded(const settings::Settings& settings,
                                                  const settings::Environment& environment,
                                                  Connection& connection) {
    auto listen = net::parse_listen_address(settings.embedded.listen);
    if (!listen) return bad_configuration("embedded.listen: " + listen.error().message);
    if (listen->port == 0) {
        return bad_configuration("embedded.listen leaves the port open: name it with --uri");
    }
    if (listen->host == "0.0.0.0") listen->host = "127.0.0.1";
    if (listen->host == "::") listen->host = "::1";
    connection.uri = net::BaseUri{.host = listen->host, .port = listen->port}.to_string();
    if (!connection.api_key.empty()) return {};
    const auto directory = settings::data_directory(settings.embedded, environment);
    if (!directory) return bad_configuration(directory.error().message);
    const auto file = *directory + "/api-key";
    auto key = embedded::read_private_file(file);
    if (!key) return bad_configuration(key.error().message);
    connection.api_key = std::move(*key);
    connection.api_key_origin = "file " + file;
    return {};
}

boost::system::result<void, Refusal> use_key(settings::ApiKey key, Connection& connection) {
    connection.api_key = std::move(key.value);
    connection.api_key_origin = std::move(key.origin);
    connection.warning = std::move(key.warning);
    return {};
}

// From the command line; nothing if it names no key.
boost::system::result<void, Refusal> given_key(const ClientOptions& options,
                                               Connection& connection) {
    if (!options.api_key.empty()) {
        connection.api_key = options.api_key;
        connection.api_key_origin = "--api-key";
    } else if (!options.api_key_file.empty()) {
        auto key = settings::read_api_key_file(options.api_key_file);
        if (!key) return Refusal{base::ExitCode::usage, key.error().message};
        return use_key(std::move(*key), connection);
    }
    return {};
}

boost::system::result<void, Refusal> use_configuration(const ClientOptions& options,
                                                       const settings::Environment& environment,
                                                       Connection& connection) {
    auto loaded = settings::load_file(options.config_file, environment);
    if (!loaded) return bad_configuration(settings::to_text(loaded.error()));
    const auto& server = loaded->state_manager;
    connection.uri = server.uri;
    connection.namespace_name = loaded->runtime.namespace_name;
    connection.tls = {server.tls.ca_file, server.tls.cert_file, server.tls.key_file};
    if (connection.api_key.empty()) {
        auto key = settings::find_api_key(server, environment);
        if (key) {
            if (auto used = use_key(std::move(*key), connection); !used) return used;
        } else if (server.uri != "embedded" || !server.api_key_file.empty()) {
            return bad_configuration(key.error().message);
        }
    }
    if (server.uri == "embedded" && options.uri.empty()) {
        return use_embedded(*loaded, environment, connection);
    }
    return {};
}

}  // namespace

void throw_exception_from_error(const Refusal& refusal, const boost::source_location& /*where*/) {
    throw std::runtime_error(refusal.message);
}

ConnectionResult find_connection(const ClientOptions& options,
                                 const settings::Environment& environment) {
    Connection connection{.uri = settings::StateManager().uri, .namespace_name = "default"};
    if (auto given = given_key(options, connection); !given) return given.error();
    if (!options.config_file.empty()) {
        if (auto used = use_configuration(options, environment, connection); !used) {
            return used.error();
        }
    } else if (!environment.state_manager_uri.empty()) {
        connection.uri = environment.state_manager_uri;
    }
    if (!options.uri.empty()) connection.uri = options.uri;
    if (!options.namespace_name.empty()) connection.namespace_name = options.namespace_name;
    if (auto uri = net::parse_base_uri(connection.uri); !uri) {
        const auto origin = !options.uri.empty() ? "--uri: " : "EXOSPHERE_STATE_MANAGER_URI: ";
        return Refusal{base::ExitCode::usage, origin + uri.error().message};
    }
    if (connection.api_key.empty()) {
        auto key = settings::find_api_key({}, environment);
        if (!key) {
            const bool named = !environment.api_key.empty();
            return Refusal{base::ExitCode::usage,
                           named ? key.error().message
                                 : "no API key: give --api-key-file or --api-key, set "
                                   "EXOSPHERE_API_KEY, or name a configuration with --config"};
        }
        if (auto used = use_key(std::move(*key), connection); !used) return used.error();
    }
    return connection;
}

base::Result<std::unique_ptr<remote::OperatorClient>> open_client(
    boost::asio::any_io_executor executor, const Connection& connection) {
    auto uri = net::parse_base_uri(connection.uri);
    if (!uri) return uri.error();
    const auto shown = uri->to_string();
    auto http = net::HttpClient::create(
        std::move(executor),
        {.uri = std::move(*uri),
         .tls = connection.tls,
         .connections = 8,
         .connect_timeout = std::min(connection.timeout, std::chrono::milliseconds(10'000)),
         .user_agent = "exosphered/" + std::string(app::version)});
    if (!http) return http.error();
    return std::make_unique<remote::OperatorClient>(
        std::move(*http), remote::OperatorOptions{.uri = shown,
                                                  .namespace_name = connection.namespace_name,
                                                  .api_key = connection.api_key,
                                                  .api_key_origin = connection.api_key_origin,
                                                  .timeout = connection.timeout});
}

}  // namespace exo::cli
