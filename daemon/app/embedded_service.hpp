// The embedded state manager on a thread of its own: starts first, stops last. The methods are for
// the thread that made it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <thread>

#include "base/error.hpp"
#include "base/log.hpp"
#include "embedded/server.hpp"
#include "settings/environment.hpp"
#include "settings/settings.hpp"

namespace exo::app {

// What `uri = "embedded"` means: [embedded] with the data directory resolved, and the worker's API
// key, or one that is made and kept in the data directory.
base::Result<embedded::EmbeddedOptions> embedded_options(const settings::Embedded& settings,
                                                         const settings::StateManager& key,
                                                         const settings::Environment& environment);

class EmbeddedService {
  public:
    // Listens before it returns.
    static base::Result<std::unique_ptr<EmbeddedService>> start(embedded::EmbeddedOptions options,
                                                                base::Log log);
    ~EmbeddedService();  // answers what is under way, then closes the database

    const std::string& uri() const { return uri_; }  // with the port that it really listens on
    const std::string& api_key() const { return api_key_; }

  private:
    EmbeddedService() = default;

    boost::asio::io_context io_{1};
    std::unique_ptr<embedded::EmbeddedStateManager> server_;
    std::string uri_, api_key_;
    std::thread thread_;
};

}  // namespace exo::app
