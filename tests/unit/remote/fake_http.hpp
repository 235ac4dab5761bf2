// A state manager made of canned answers: each request takes the next answer of its route, the last
// one again and again.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/http_client.hpp"
#include "remote/operator_client.hpp"

namespace exo::test {

struct FakeServer {
    using Answer = boost::system::result<net::Response, net::TransportError>;
    std::map<std::string, std::deque<Answer>> answers;  // by "GET /v0/..."
    std::vector<net::Request> requests;

    void answer(const std::string& route, int status, std::string body,
                std::string type = "application/json") {
        answers[route].push_back(
            net::Response{status, {{"content-type", std::move(type)}}, std::move(body)});
    }
    void refuse(const std::string& route) {
        answers[route].push_back(
            net::TransportError{false, "connect 127.0.0.1:1: Connection refused"});
    }
};

class FakeHttp final : public net::HttpClient {
  public:
    explicit FakeHttp(FakeServer& server) : server_(server) {}

    boost::asio::awaitable<boost::system::result<net::Response, net::TransportError>> send(
        net::Request request) override {
        const auto route = std::string(net::to_string(request.method)) + " " + request.target;
        server_.requests.push_back(std::move(request));
        auto& queue = server_.answers[route];
        if (queue.empty()) {
            co_return net::Response{
                404, {{"content-type", "application/json"}}, R"({"detail":"Not Found"})"};
        }
        auto answer = queue.front();
        if (queue.size() > 1) queue.pop_front();
        co_return answer;
    }
    void close_idle() override {}

  private:
    FakeServer& server_;
};

inline remote::OperatorClient fake_client(FakeServer& server) {
    return remote::OperatorClient(std::make_unique<FakeHttp>(server),
                                  {.uri = "http://127.0.0.1:1",
                                   .namespace_name = "My Project",
                                   .api_key = "sesame",
                                   .api_key_origin = "EXOSPHERE_API_KEY"});
}

// Runs one coroutine to its end.
template <class T>
T wait_for(boost::asio::awaitable<T> work) {
    boost::asio::io_context io;
    std::optional<T> result;
    std::exception_ptr error;
    boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr e, T value) {
        error = e;
        if (!e) result.emplace(std::move(value));
    });
    io.run();
    if (error) std::rethrow_exception(error);
    return std::move(result.value());
}

}  // namespace exo::test
