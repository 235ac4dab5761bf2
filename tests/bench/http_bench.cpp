// How many small requests a second HttpClient and HttpServer manage over loopback, each on one
// thread. usage: http_bench [CONNECTIONS] [REQUESTS]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "support/io_thread.hpp"

namespace {

using namespace exo;
namespace asio = boost::asio;

asio::awaitable<net::ServerResponse> answer(net::ServerRequest /*request*/) {
    net::ServerResponse response;
    response.headers.emplace_back("content-type", "application/json");
    response.body = R"({"status":"EXECUTED"})";
    co_return response;
}

// Posts reports one after another, as one of the worker's reporters does.
asio::awaitable<int> post(net::HttpClient* client, int count) {
    int good = 0;
    for (int i = 0; i < count; ++i) {
        net::Request request;
        request.method = net::Method::post;
        request.target = "/v0/namespace/bench/state/65f000000000000000000001/executed";
        request.headers.emplace_back("x-api-key", "exosphere@123");
        request.headers.emplace_back("content-type", "application/json");
        request.body = R"({"outputs":[{"message":"a short text"}]})";
        const auto result = co_await client->send(std::move(request));
        good += result && result->status == 200 ? 1 : 0;
    }
    co_return good;
}

}  // namespace

int main(int argc, char** argv) {
    const int connections = argc > 1 ? std::atoi(argv[1]) : 64;
    const int requests = argc > 2 ? std::atoi(argv[2]) : 200'000;
    test::IoThread server_io, client_io;
    net::ServerOptions server_options;
    server_options.listen = {"127.0.0.1", 0};
    const auto server =
        net::HttpServer::create(server_io.executor(), server_options, answer, {}).value();
    server_io.call([&] { server->start(); });
    net::ClientOptions options;
    options.uri.host = "127.0.0.1";
    options.uri.port = server->port();
    options.connections = static_cast<std::size_t>(connections);
    options.user_agent = "bench";
    const auto client = net::HttpClient::create(client_io.executor(), options).value();

    const auto start = std::chrono::steady_clock::now();
    std::vector<std::future<int>> posts;
    for (int i = 0; i < connections; ++i) {
        posts.push_back(asio::co_spawn(
            client_io.context(), post(client.get(), requests / connections), asio::use_future));
    }
    int good = 0;
    for (auto& one : posts) good += one.get();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::printf("%d connections, %d answers, %.0f requests/s\n", connections, good,
                good / took.count());
    client_io.call([&] { client->close_idle(); });
    server_io.run(server->stop(std::chrono::seconds(1)));
    client_io.stop();
    server_io.stop();
    return good == requests / connections * connections ? 0 : 1;
}
