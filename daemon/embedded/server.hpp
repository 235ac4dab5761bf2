// The embedded state manager: the v0 API on one SQLite file, for one machine. Runs on the
// io_context that it is given, on one thread; create, start, stop and destroy it there or while
// nothing runs.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/log.hpp"
#include "embedded/key_file.hpp"
#include "net/uri.hpp"
#include "settings/settings.hpp"

namespace exo::embedded {

struct EmbeddedOptions {
    net::ListenAddress listen{"127.0.0.1", 8000};  // port 0: any free one
    std::string data_dir;                          // made if it is not there (0700)
    std::string api_key;                           // empty: load_or_create_api_key(data_dir)
    settings::Durability durability = settings::Durability::power;
    // Upstream's behaviour wherever docs/protocol-deviations.md lists a switch for it.
    bool strict_upstream = false;
    std::string tls_cert_file, tls_key_file;  // both or none
    // Unix time in microseconds; empty: the system's clock. Tests set their own.
    std::function<std::int64_t()> clock;
};

struct EmbeddedStats {
    std::uint64_t statements_run = 0;  // SQL, since the start
    std::size_t waiting_enqueues = 0;  // long polls under way
};

class EmbeddedStateManager {
  public:
    // Opens the data directory (one process at a time) and binds. Refused: a listener that is not
    // loopback with an API key of less than 16 characters.
    static base::Result<std::unique_ptr<EmbeddedStateManager>> create(
        boost::asio::any_io_executor executor, EmbeddedOptions options, base::Log log);
    virtual ~EmbeddedStateManager() = default;

    virtual std::uint16_t port() const = 0;
    virtual const std::string& api_key() const = 0;  // never log it
    virtual void start() = 0;
    // Requests under way are answered, everything is committed. [io thread]
    virtual boost::asio::awaitable<void> stop() = 0;
    virtual EmbeddedStats stats() const = 0;  // [io thread]
};

}  // namespace exo::embedded
