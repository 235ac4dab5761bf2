// An HttpClient on a thread of its own, used with blocking calls. For tests of net/.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/http_client.hpp"
#include "support/io_thread.hpp"

namespace exo::test {

using Answer = boost::system::result<net::Response, net::TransportError>;

inline net::ClientOptions options_for(std::uint16_t port, const std::string& prefix = {}) {
    net::ClientOptions options;
    options.uri.host = "127.0.0.1";
    options.uri.port = port;
    options.uri.path_prefix = prefix;
    options.user_agent = "exosphered/test";
    return options;
}

class ClientFixture {
  public:
    explicit ClientFixture(net::ClientOptions options)
        : client_(net::HttpClient::create(io_.executor(), std::move(options)).value()) {}
    ~ClientFixture() {
        io_.call([this] { client_->close_idle(); });
        io_.stop();
    }
    ClientFixture(const ClientFixture&) = delete;
    ClientFixture& operator=(const ClientFixture&) = delete;

    Answer send(net::Request request) { return io_.run(client_->send(std::move(request))); }
    std::future<Answer> start(net::Request request) {
        return boost::asio::co_spawn(io_.context(), client_->send(std::move(request)),
                                     boost::asio::use_future);
    }
    Answer get(const std::string& target) {
        net::Request request;
        request.target = target;
        return send(std::move(request));
    }
    Answer post(const std::string& target, const std::string& body) {
        net::Request request;
        request.method = net::Method::post;
        request.target = target;
        request.body = body;
        return send(std::move(request));
    }

  private:
    IoThread io_;
    std::unique_ptr<net::HttpClient> client_;
};

}  // namespace exo::test
