// A pooled keep-alive HTTP/1.1 client for one base URI. Owned and used by one io_context thread; no
// locks. Never retries by itself and never follows a redirect to another origin: a 307/308 is
// followed once, by the path of its Location only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "net/http_types.hpp"
#include "net/uri.hpp"

namespace exo::net {

struct TlsOptions {
    std::string ca_file;    // empty = the system's roots
    std::string cert_file;  // client certificate, with key_file
    std::string key_file;
};

struct ClientOptions {
    BaseUri uri;
    TlsOptions tls;
    std::size_t connections = 64;  // opened as needed; more requests wait their turn in order
    std::chrono::milliseconds idle_limit{4'000};  // unused longer: closed (uvicorn closes at 5 s)
    std::chrono::milliseconds connect_timeout{10'000};
    std::string user_agent;
};

class HttpClient {
  public:
    // Reads CA and certificate files: fails with a message that names the file.
    static base::Result<std::unique_ptr<HttpClient>> create(boost::asio::any_io_executor executor,
                                                            ClientOptions options);
    virtual ~HttpClient() = default;

    // A complete answer, or why not. A pooled connection that the server had closed while idle is
    // replaced by a fresh one without anybody noticing. [io thread]
    virtual boost::asio::awaitable<boost::system::result<Response, TransportError>> send(
        Request request) = 0;

    // Closes idle connections; requests under way go on. [io thread]
    virtual void close_idle() = 0;
};

}  // namespace exo::net
