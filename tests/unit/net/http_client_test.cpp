#include "net/http_client.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <catch2/catch.hpp>
#include <optional>
#include <thread>

#include "client_fixture.hpp"
#include "server_fixture.hpp"

using namespace exo;
using namespace exo::test;
using Catch::Contains;
using Catch::StartsWith;
using namespace std::chrono_literals;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

net::Request get(const std::string& target, std::chrono::milliseconds timeout = 30s) {
    net::Request request;
    request.target = target;
    request.timeout = timeout;
    return request;
}

// What a client makes of these bytes as the answer to one request, after which the server closes.
Answer answer_to(const std::string& bytes, net::Request request = get("/"), bool reset = false) {
    RawListener listener;
    ClientFixture client(options_for(listener.port()));
    auto answer = client.start(std::move(request));
    auto server = listener.accept();
    server.receive_until("\r\n\r\n");
    server.send(bytes);
    if (reset) {
        server.reset();
    } else {
        server.close();
    }
    return get_in_time(std::move(answer));
}

}  // namespace

TEST_CASE("a request arrives as it was given, with what the client adds") {
    RawListener listener;
    ClientFixture client(options_for(listener.port(), "/prefix"));
    net::Request request;
    request.method = net::Method::post;
    request.target = "/v0/x%20y?z=1";
    request.headers = {{"x-api-key", "k"}};
    request.body = "{}";
    auto answer = client.start(request);
    auto server = listener.accept();
    const auto head = server.receive_until("\r\n\r\n");
    CHECK_THAT(head, StartsWith("POST /prefix/v0/x%20y?z=1 HTTP/1.1\r\nhost: 127.0.0.1:" +
                                std::to_string(listener.port()) + "\r\n"));
    CHECK_THAT(head, Contains("\r\nuser-agent: exosphered/test\r\n") &&
                         Contains("\r\nx-api-key: k\r\n") && Contains("\r\ncontent-length: 2\r\n"));
    CHECK(server.receive_exactly(2) == "{}");
    server.send("HTTP/1.1 201 Created\r\nX-Some-Header: V\r\nContent-Length: 4\r\n\r\nbody");
    const auto result = get_in_time(std::move(answer)).value();
    CHECK(result.status == 201);
    CHECK(result.body == "body");
    REQUIRE(result.headers.size() == 2);
    CHECK(result.headers[0] == std::pair<std::string, std::string>("x-some-header", "V"));
}

TEST_CASE("client and server understand each other") {
    ServerFixture server;
    ClientFixture client(options_for(server.port()));
    CHECK(client.get("/a")->body == "GET /a ");
    CHECK(client.post("/b", "text")->body == "POST /b text");
    CHECK(client.get("/empty")->status == 204);
    const std::string large(15'000'000, 'x');
    CHECK(client.post("/l", large)->body == "POST /l " + large);
    net::Request head;
    head.method = net::Method::head;
    head.target = "/h";
    const auto answer = client.send(head).value();
    CHECK(answer.body.empty());
    CHECK(net::find_header(answer.headers, "Content-Length") == "8");
    CHECK(client.get("/after-head")->body == "GET /after-head ");
}

TEST_CASE("client and server share one thread") {
    auto seen = std::make_shared<Seen>();
    asio::io_context context;
    net::ServerOptions server_options;
    server_options.listen = {"127.0.0.1", 0};
    auto server = net::HttpServer::create(context.get_executor(), server_options,
                                          echo_handler(seen), base::Log())
                      .value();
    server->start();
    auto client =
        net::HttpClient::create(context.get_executor(), options_for(server->port())).value();
    constexpr int count = 1000;
    int good = 0, done = 0;
    for (int i = 0; i < count; ++i) {
        asio::co_spawn(context, client->send(get("/" + std::to_string(i))),
                       [&, i](std::exception_ptr, Answer answer) {
                           good += answer && answer->body == "GET /" + std::to_string(i) + " ";
                           if (++done < count) return;
                           client->close_idle();
                           asio::co_spawn(context, server->stop(10s), asio::use_future);
                       });
    }
    context.run_for(patience);
    CHECK(good == count);
    CHECK(seen->requests == count);
}

TEST_CASE("connections are reused, and never more than allowed are open") {
    ServerFixture server;
    auto options = options_for(server.port());
    options.connections = 3;
    ClientFixture client(options);
    std::vector<std::future<Answer>> answers;
    for (int i = 0; i < 10; ++i) answers.push_back(client.start(get("/wait")));
    REQUIRE(eventually([&] { return server.seen().waiting == 3; }));
    CHECK(server.seen().requests == 3);  // the others wait for their turn
    server.seen().release = true;
    for (auto& answer : answers) CHECK(get_in_time(std::move(answer)).has_value());
    CHECK(server.seen().requests == 10);
}

TEST_CASE("requests that wait for a connection are served in order") {
    RawListener listener;
    auto options = options_for(listener.port());
    options.connections = 1;
    ClientFixture client(options);
    std::vector<std::future<Answer>> answers;
    for (int i = 0; i < 5; ++i) answers.push_back(client.start(get("/" + std::to_string(i))));
    auto server = listener.accept();
    for (int i = 0; i < 5; ++i) {
        CHECK_THAT(server.receive_until("\r\n\r\n"), StartsWith("GET /" + std::to_string(i) + " "));
        server.send(ok);
        CHECK(get_in_time(std::move(answers[static_cast<std::size_t>(i)]))->body == "ok");
    }
}

TEST_CASE("a connection that the server closed while idle is replaced without anybody noticing") {
    RawListener listener;
    ClientFixture client(options_for(listener.port()));
    for (int i = 0; i < 20; ++i) {
        auto answer = client.start(get("/"));
        auto server = listener.accept();  // each time a fresh one
        server.receive_until("\r\n\r\n");
        server.send(ok);
        CHECK(get_in_time(std::move(answer))->body == "ok");
        if (i % 2 == 0) server.reset();
    }
}

TEST_CASE("a connection that was idle for too long is closed by the client") {
    RawListener listener;
    auto options = options_for(listener.port());
    options.idle_limit = 50ms;
    ClientFixture client(options);
    auto answer = client.start(get("/"));
    auto server = listener.accept();
    server.receive_until("\r\n\r\n");
    server.send(ok);
    CHECK(get_in_time(std::move(answer)).has_value());
    CHECK(server.receive_all().empty());
}

TEST_CASE("a connection is not reused after connection: close or with bytes left over") {
    for (const std::string& answer :
         {std::string("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok"),
          ok + "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil",
          std::string("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok")}) {
        INFO(answer);
        RawListener listener;
        ClientFixture client(options_for(listener.port()));
        auto first = client.start(get("/"));
        auto server = listener.accept();
        server.receive_until("\r\n\r\n");
        server.send(answer);
        CHECK(get_in_time(std::move(first))->body == "ok");
        auto second = client.start(get("/"));
        auto fresh = listener.accept();
        fresh.receive_until("\r\n\r\n");
        fresh.send(ok);
        CHECK(get_in_time(std::move(second))->body == "ok");
    }
}

TEST_CASE("a refused connection is certain: nothing was sent") {
    std::uint16_t port = 0;
    {
        RawListener listener;
        port = listener.port();
    }
    ClientFixture client(options_for(port));
    const auto answer = client.get("/");
    REQUIRE_FALSE(answer.has_value());
    CHECK_FALSE(answer.error().maybe_processed);
    CHECK(answer.error().message ==
          "connect 127.0.0.1:" + std::to_string(port) + ": Connection refused");
}

TEST_CASE("a name that does not exist is certain: nothing was sent") {
    auto options = options_for(1);
    options.uri.host = "no-such-host.invalid";
    ClientFixture client(options);
    const auto answer = client.get("/");
    REQUIRE_FALSE(answer.has_value());
    CHECK_FALSE(answer.error().maybe_processed);
    CHECK_THAT(answer.error().message, Contains("resolve no-such-host.invalid"));
}

TEST_CASE("a connection that fails after the request has left is ambiguous") {
    for (const bool reset : {false, true}) {
        const auto answer = answer_to("", get("/"), reset);
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().maybe_processed);
        CHECK_THAT(answer.error().message, Contains("127.0.0.1:"));
    }
    // Also on a connection that had been used before.
    RawListener listener;
    ClientFixture client(options_for(listener.port()));
    auto first = client.start(get("/"));
    auto server = listener.accept();
    server.receive_until("\r\n\r\n");
    server.send(ok);
    REQUIRE(get_in_time(std::move(first)).has_value());
    auto second = client.start(get("/"));
    server.receive_until("\r\n\r\n");
    server.close();
    const auto answer = get_in_time(std::move(second));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().maybe_processed);
    CHECK_THAT(answer.error().message, Contains("before an answer came"));
}

TEST_CASE("a server that does not answer is given up after the time-out") {
    RawListener listener;
    auto options = options_for(listener.port());
    options.connections = 1;
    ClientFixture client(options);
    SECTION("silent after the request: ambiguous") {
        const auto answer = client.send(get("/", 50ms));
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().maybe_processed);
        CHECK_THAT(answer.error().message,
                   Contains("no answer from 127.0.0.1:") && Contains("within 50 ms"));
    }
    SECTION("stuck in the middle of the answer: ambiguous") {
        auto pending = client.start(get("/", 100ms));
        auto server = listener.accept();
        server.receive_until("\r\n\r\n");
        server.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
        const auto answer = get_in_time(std::move(pending));
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().maybe_processed);
    }
    SECTION("still waiting for a connection: certain") {
        auto first = client.start(get("/", 30s));
        auto server = listener.accept();
        server.receive_until("\r\n\r\n");
        const auto answer = client.send(get("/", 50ms));
        REQUIRE_FALSE(answer.has_value());
        CHECK_FALSE(answer.error().maybe_processed);
        CHECK_THAT(answer.error().message, Contains("no connection to"));
        server.send(ok);
        CHECK(get_in_time(std::move(first)).has_value());
    }
}

TEST_CASE("bodies of every framing are read") {
    CHECK(answer_to("HTTP/1.1 200 OK\r\n\r\nuntil the end")->body == "until the end");
    CHECK(answer_to("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nabc\r\n2;x\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n")
              ->body == "abcde");
    CHECK(answer_to("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + ok)
              ->body == "ok");
    const auto not_modified = answer_to("HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n");
    REQUIRE(not_modified.has_value());
    CHECK(not_modified->body.empty());
}

TEST_CASE("malformed and cut answers are clear errors") {
    const std::pair<std::string, std::string> cases[] = {
        {"", "before an answer came"},
        {"HTTP/1.1 200", "cut"},
        {"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", "cut"},
        {"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab", "cut"},
        {"SSH-2.0-OpenSSH_9.2\r\n", "malformed"},
        {"<html>\r\n\r\n", "malformed"},
        {"HTTP/2.0 200 OK\r\n\r\n", "malformed"},
        {"HTTP/1.1 abc OK\r\n\r\n", "malformed"},
        {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "malformed"},
        {"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "malformed"},
        {"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", "malformed"},
        {"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "malformed"},
        {"HTTP/1.1 200 OK\r\nx: " + std::string(100'000, 'x') + "\r\n\r\n", "malformed"},
        {std::string(30, '\0'), "malformed"},
    };
    for (const auto& [bytes, reason] : cases) {
        INFO(bytes.substr(0, 100));
        const auto answer = answer_to(bytes);
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().maybe_processed);
        CHECK_THAT(answer.error().message, Contains(reason));
    }
}

TEST_CASE("an answer larger than its bound is refused") {
    auto request = get("/");
    request.max_body = 10;
    for (const std::string& bytes :
         {std::string("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nelevenbytes"),
          std::string("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\nelevenbytes\r\n"),
          std::string("HTTP/1.1 200 OK\r\n\r\nelevenbytes")}) {
        INFO(bytes);
        const auto answer = answer_to(bytes, request);
        REQUIRE_FALSE(answer.has_value());
        CHECK_THAT(answer.error().message, Contains("larger than 10 bytes"));
    }
    CHECK(answer_to("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nten bytes!", request)->body ==
          "ten bytes!");
}

TEST_CASE("an answer that came before the whole request was sent counts") {
    RawListener listener;
    ClientFixture client(options_for(listener.port()));
    net::Request request;
    request.method = net::Method::post;
    request.target = "/";
    request.body.assign(30'000'000, 'x');
    auto pending = client.start(request);
    auto server = listener.accept();
    server.receive_until("\r\n\r\n");
    server.send("HTTP/1.1 413 Payload Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    server.finish_sending();
    // Reads a little more, so that the client sees the answer and not only a reset.
    server.receive_exactly(1'000'000);
    while (server.receive_some()) {
        if (pending.wait_for(0s) == std::future_status::ready) break;
    }
    const auto answer = get_in_time(std::move(pending));
    REQUIRE(answer.has_value());
    CHECK(answer->status == 413);
}

TEST_CASE("a redirect is followed once, to the same server, whatever host it names") {
    RawListener listener;
    ClientFixture client(options_for(listener.port()));
    net::Request request;
    request.method = net::Method::put;
    request.target = "/v0/namespace/ns/nodes";
    request.headers = {{"x-api-key", "k"}};
    request.body = "body";
    auto pending = client.start(request);
    auto server = listener.accept();
    server.receive_until("\r\n\r\nbody");
    server.send(
        "HTTP/1.1 307 Temporary Redirect\r\ncontent-length: 0\r\n"
        "location: https://evil.example:444/v0/namespace/ns/nodes/?q=1#f\r\n\r\n");
    const auto again = server.receive_until("\r\n\r\nbody");
    CHECK_THAT(again, StartsWith("PUT /v0/namespace/ns/nodes/?q=1 HTTP/1.1\r\nhost: 127.0.0.1"));
    CHECK_THAT(again, Contains("x-api-key: k"));
    SECTION("once") {
        server.send(ok);
        CHECK(get_in_time(std::move(pending))->body == "ok");
    }
    SECTION("a second redirect is the answer") {
        server.send("HTTP/1.1 308 P\r\ncontent-length: 0\r\nlocation: /elsewhere\r\n\r\n");
        CHECK(get_in_time(std::move(pending))->status == 308);
    }
}

TEST_CASE("a redirect stays below the path prefix") {
    RawListener listener;
    ClientFixture client(options_for(listener.port(), "/p"));
    for (const auto& [location, expected] :
         {std::pair<std::string, std::string>{"http://h/p/x/", "/p/x/"},
          {"/x/", "/p/x/"},
          {"/prefix/", "/p/prefix/"},
          {"//evil/x", "/p/x"}}) {
        INFO(location);
        auto pending = client.start(get("/x"));
        auto server = listener.accept();
        server.receive_until("\r\n\r\n");
        server.send("HTTP/1.1 307 T\r\ncontent-length: 0\r\nlocation: " + location + "\r\n\r\n");
        CHECK_THAT(server.receive_until("\r\n\r\n"), StartsWith("GET " + expected + " HTTP/1.1"));
        server.send("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        CHECK(get_in_time(std::move(pending))->status == 200);
    }
    for (const auto* location : {"x/", "http://h", "/a b", "?q", ""}) {
        INFO(location);
        auto pending = client.start(get("/x"));
        auto server = listener.accept();
        server.receive_until("\r\n\r\n");
        server.send("HTTP/1.1 307 T\r\ncontent-length: 0\r\nconnection: close\r\nlocation: " +
                    std::string(location) + "\r\n\r\n");
        CHECK(get_in_time(std::move(pending))->status == 307);
    }
}

TEST_CASE("a request that could inject a line is not sent") {
    RawListener listener;
    ClientFixture client(options_for(listener.port()));
    auto bad_header = get("/");
    bad_header.headers = {{"x-api-key", "secret\r\nx-evil: 1"}};
    const auto first = client.send(bad_header);
    REQUIRE_FALSE(first.has_value());
    CHECK_FALSE(first.error().maybe_processed);
    CHECK_THAT(first.error().message, Contains("x-api-key") && !Contains("secret"));
    for (const auto* target : {"", "x", "/a b", "/a\r\nb", "/\x80"}) {
        const auto answer = client.send(get(target));
        REQUIRE_FALSE(answer.has_value());
        CHECK_FALSE(answer.error().maybe_processed);
    }
}

TEST_CASE("a cancelled request gives its connection and its place back") {
    RawListener listener;
    auto options = options_for(listener.port());
    options.connections = 1;
    asio::io_context context;
    auto client = net::HttpClient::create(context.get_executor(), options).value();
    asio::cancellation_signal cancel_first, cancel_second;
    int ended = 0;
    std::optional<Answer> third;
    std::string seen;
    const auto count = [&](std::exception_ptr, Answer) { ++ended; };
    asio::co_spawn(context, client->send(get("/1")),
                   asio::bind_cancellation_slot(cancel_first.slot(), count));
    asio::co_spawn(context, client->send(get("/2")),
                   asio::bind_cancellation_slot(cancel_second.slot(), count));
    asio::co_spawn(context, client->send(get("/3")),
                   [&](std::exception_ptr, Answer answer) { third = std::move(answer); });
    std::thread server([&] {
        auto first = listener.accept();
        first.receive_until("\r\n\r\n");
        asio::post(context, [&] {
            cancel_second.emit(asio::cancellation_type::all);
            cancel_first.emit(asio::cancellation_type::all);
        });
        auto second = listener.accept();
        seen = second.receive_until("\r\n\r\n");
        second.send(ok);
    });
    while (!third && context.run_one_for(patience) > 0) {
    }
    server.join();
    CHECK_THAT(seen, StartsWith("GET /3 "));
    REQUIRE(third.has_value());
    CHECK(third->value().body == "ok");
    CHECK(ended == 2);
}
