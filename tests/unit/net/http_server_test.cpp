#include "net/http_server.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "server_fixture.hpp"

using namespace exo;
using namespace exo::test;
using Catch::Contains;
using Catch::StartsWith;
using namespace std::chrono_literals;

namespace {

std::string get(const std::string& target, const std::string& more = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + more + "\r\n";
}

std::string body_of(const std::string& message) {
    const auto at = message.find("\r\n\r\n");
    return at == std::string::npos ? message : message.substr(at + 4);
}

net::ServerOptions impatient() {
    net::ServerOptions options;
    options.header_timeout = 100ms;
    options.body_timeout = 100ms;
    options.idle_timeout = 100ms;
    options.write_timeout = 300ms;
    return options;
}

}  // namespace

TEST_CASE("a server answers many requests on one connection") {
    ServerFixture server;
    auto client = server.connect();
    for (int i = 0; i < 3; ++i) {
        client.send(get("/" + std::to_string(i)));
        const auto answer = client.receive_message();
        CHECK_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
        CHECK_THAT(answer, Contains("\r\ndate: ") && Contains(" GMT\r\n"));
        CHECK(body_of(answer) == "GET /" + std::to_string(i) + " ");
    }
}

TEST_CASE("pipelined requests are answered in order") {
    ServerFixture server;
    auto client = server.connect();
    std::string requests;
    for (int i = 0; i < 50; ++i) {
        requests += "POST /" + std::to_string(i) +
                    " HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\nb" + std::to_string(i % 10);
    }
    client.send(requests);
    for (int i = 0; i < 50; ++i) {
        CHECK(body_of(client.receive_message()) ==
              "POST /" + std::to_string(i) + " b" + std::to_string(i % 10));
    }
}

TEST_CASE("a request that comes byte by byte is served, chunked or not") {
    ServerFixture server;
    const std::string requests[] = {
        "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
        "PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "1;ext=1\r\na\r\n2\r\nbc\r\n0\r\nTrailer: t\r\n\r\n",
    };
    for (const auto& request : requests) {
        auto client = server.connect();
        for (const char c : request) client.send({&c, 1});
        CHECK(body_of(client.receive_message()) == "PUT /x abc");
    }
    // An empty chunked body: its end is the shortest there is.
    auto client = server.connect();
    for (const char c :
         std::string("PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "0\r\n\r\n")) {
        client.send({&c, 1});
    }
    CHECK(body_of(client.receive_message()) == "PUT /x ");
}

TEST_CASE("malformed requests are answered with 400 and the connection ends") {
    ServerFixture server;
    const std::string requests[] = {
        "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nbad header\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",                        // no host
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",  // two
        "GET / HTTP/3.0\r\nHost: h\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x0d\x0a\x0d\x0a",  // TLS to a plain port
    };
    for (const auto& request : requests) {
        INFO(request);
        auto client = server.connect();
        client.send(request);
        const auto answer = client.receive_all();
        CHECK_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
        CHECK_THAT(answer, Contains("connection: close"));
    }
    CHECK(server.seen().requests == 0);
}

TEST_CASE("an unknown transfer coding is answered with 501") {
    ServerFixture server;
    for (const auto* coding : {"gzip", "gzip, chunked"}) {
        auto client = server.connect();
        client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: " + std::string(coding) +
                    "\r\n\r\n");
        CHECK_THAT(client.receive_all(), StartsWith("HTTP/1.1 501 "));
    }
    CHECK(server.seen().requests == 0);
}

TEST_CASE("a body beyond the bound is answered with 413 although the client is still sending") {
    net::ServerOptions options;
    options.max_body = 1000;
    ServerFixture server(options);
    SECTION("announced") {
        auto client = server.connect();
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n");
        client.try_send(std::string(5'000'000, 'x'));
        CHECK_THAT(client.receive_all(), StartsWith("HTTP/1.1 413 "));
    }
    SECTION("chunked") {
        auto client = server.connect();
        client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 11; ++i) client.try_send("64\r\n" + std::string(100, 'x') + "\r\n");
        CHECK_THAT(client.receive_all(), StartsWith("HTTP/1.1 413 "));
    }
    SECTION("exactly the bound is served") {
        auto client = server.connect();
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n" +
                    std::string(1000, 'x'));
        CHECK_THAT(client.receive_message(), StartsWith("HTTP/1.1 200 "));
    }
}

TEST_CASE("a header beyond the bound is answered with 431") {
    net::ServerOptions options;
    options.max_header = 2000;
    ServerFixture server(options);
    SECTION("one large field") {
        auto client = server.connect();
        client.try_send(get("/", "x-long: " + std::string(3000, 'x') + "\r\n"));
        CHECK_THAT(client.receive_all(), StartsWith("HTTP/1.1 431 "));
    }
    SECTION("many small ones, dripping") {
        auto client = server.connect();
        client.send("GET / HTTP/1.1\r\nHost: h\r\n");
        for (int i = 0; i < 2000; ++i) client.try_send("a: b\r\n");
        CHECK_THAT(client.receive_all(), StartsWith("HTTP/1.1 431 "));
    }
    CHECK(server.seen().requests == 0);
}

TEST_CASE("slow clients are cut") {
    ServerFixture server(impatient());
    SECTION("in the header: 408") {
        auto client = server.connect();
        client.send("GET / HT");
        CHECK_THAT(client.receive_all(), StartsWith("HTTP/1.1 408 "));
    }
    SECTION("in the body: 408") {
        auto client = server.connect();
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
        CHECK_THAT(client.receive_all(), StartsWith("HTTP/1.1 408 "));
    }
    SECTION("idle: without a word") {
        auto client = server.connect();
        client.send(get("/"));
        client.receive_message();
        CHECK(client.receive_all().empty());
    }
    SECTION("not reading the answer") {
        auto client = server.connect();
        // Pipelined echoes fill both sockets' buffers; the server gives up writing.
        for (int i = 0; i < 40; ++i) {
            client.try_send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" +
                            std::string(1'000'000, 'x'));
        }
        CHECK(client.receive_all().size() < 40'000'000);
    }
}

TEST_CASE("a client that waits for 100-continue gets it, or the refusal at once") {
    net::ServerOptions options;
    options.max_body = 1000;
    ServerFixture server(options);
    auto client = server.connect();
    client.send("POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
    CHECK(client.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ab");
    CHECK(body_of(client.receive_message()) == "POST /e ab");

    client.send(
        "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2000\r\n\r\n");
    CHECK_THAT(client.receive_all(), StartsWith("HTTP/1.1 413 "));
    auto other = server.connect();
    other.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: coffee\r\nContent-Length: 2\r\n\r\n");
    CHECK_THAT(other.receive_all(), StartsWith("HTTP/1.1 417 "));
}

TEST_CASE("HEAD gets the header of the answer and no body") {
    ServerFixture server;
    auto client = server.connect();
    client.send("HEAD /abc HTTP/1.1\r\nHost: h\r\n\r\n" + get("/next"));
    const auto head = client.receive_until("\r\n\r\n");
    CHECK_THAT(head, Contains("content-length: 10\r\n"));
    CHECK(body_of(client.receive_message()) == "GET /next ");
}

TEST_CASE("an answer without content has no length and keeps the connection") {
    ServerFixture server;
    auto client = server.connect();
    client.send(get("/empty") + get("/next"));
    CHECK_THAT(client.receive_until("\r\n\r\n"),
               StartsWith("HTTP/1.1 204 No Content\r\n") && !Contains("content-length"));
    CHECK(body_of(client.receive_message()) == "GET /next ");
}

TEST_CASE("the client decides whether the connection stays") {
    ServerFixture server;
    auto closing = server.connect();
    closing.send(get("/", "Connection: close\r\n"));
    CHECK_THAT(closing.receive_all(), Contains("connection: close\r\n"));

    auto old = server.connect();
    old.send("GET / HTTP/1.0\r\n\r\n");
    CHECK_THAT(old.receive_all(), Contains("connection: close\r\n"));

    auto old_keeping = server.connect();
    old_keeping.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK_THAT(old_keeping.receive_message(), Contains("connection: keep-alive\r\n"));
    old_keeping.send("GET /2 HTTP/1.0\r\n\r\n");
    CHECK_THAT(old_keeping.receive_all(), Contains("GET /2 "));
}

TEST_CASE("a handler that throws answers 500 and is logged; the server lives") {
    ServerFixture server;
    auto client = server.connect();
    for (const auto* target : {"/throw", "/throw-int"}) {
        client.send(get(target));
        const auto answer = client.receive_message();
        CHECK_THAT(answer, StartsWith("HTTP/1.1 500 "));
        CHECK(body_of(answer) == R"({"success":false,"detail":"internal server error"})");
    }
    client.send(get("/fine"));
    CHECK_THAT(client.receive_message(), StartsWith("HTTP/1.1 200 "));
    CHECK_THAT(server.log(), Contains("handler is broken") && Contains("GET /throw"));
}

TEST_CASE("a handler cannot inject a header") {
    ServerFixture server;
    auto client = server.connect();
    client.send(get("/inject"));
    CHECK_THAT(client.receive_message(), Contains("x-evil: a  x-injected: 1\r\n"));
}

TEST_CASE("more connections than allowed are closed at once") {
    net::ServerOptions options;
    options.max_connections = 2;
    ServerFixture server(options);
    auto first = server.connect();
    auto second = server.connect();
    for (auto* client : {&first, &second}) {
        client->send(get("/"));
        client->receive_message();
    }
    auto third = server.connect();
    CHECK(third.receive_all().empty());
    first.close();
    // The place is free again.
    CHECK(eventually([&] {
        auto again = server.connect();
        again.try_send(get("/", "connection: close\r\n"));
        return !again.receive_all().empty();
    }));
}

TEST_CASE("a stop closes idle connections and lets a request under way be answered") {
    ServerFixture server;
    auto idle = server.connect();
    idle.send(get("/"));
    idle.receive_message();
    auto busy = server.connect();
    busy.send(get("/wait"));
    REQUIRE(eventually([&] { return server.seen().waiting == 1; }));

    auto stopped = boost::asio::co_spawn(server.io().context(), server.server().stop(60s),
                                         boost::asio::use_future);
    CHECK(idle.receive_all().empty());
    CHECK_THROWS(server.connect());
    server.seen().release = true;
    CHECK_THAT(busy.receive_all(), Contains("connection: close\r\n") && Contains("GET /wait"));
    get_in_time(std::move(stopped));
}

TEST_CASE("a stop cuts what does not end within its grace") {
    ServerFixture server;
    auto busy = server.connect();
    busy.send(get("/wait"));
    auto half = server.connect();
    half.send("GET / HT");
    REQUIRE(eventually([&] { return server.seen().waiting == 1; }));
    server.stop(10ms);
    CHECK(busy.receive_all().empty());
    CHECK(half.receive_all().empty());
}

TEST_CASE("a taken address is refused with its name") {
    ServerFixture server;
    net::ServerOptions options;
    options.listen = {"127.0.0.1", server.port()};
    const auto second = net::HttpServer::create(server.io().executor(), options, {}, {});
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().message ==
          "listen on 127.0.0.1:" + std::to_string(server.port()) + ": Address already in use");
}

TEST_CASE("a unix socket is private, replaces a stale file and is removed") {
    std::string directory = "/tmp/exo-net-XXXXXX";
    REQUIRE(::mkdtemp(directory.data()) != nullptr);
    net::ServerOptions options;
    options.unix_path = directory + "/socket";
    {
        // A stale one: bound, and its process gone.
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        options.unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
        RawSocket stale(::socket(AF_UNIX, SOCK_STREAM, 0));
        REQUIRE(::bind(stale.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                0);
    }
    {
        ServerFixture server(options);
        struct stat info {};
        REQUIRE(::stat(options.unix_path.c_str(), &info) == 0);
        CHECK((info.st_mode & 0777) == 0600);
        auto client = RawSocket::to_path(options.unix_path);
        client.send(get("/u"));
        CHECK(body_of(client.receive_message()) == "GET /u ");

        const auto second = net::HttpServer::create(server.io().executor(), options, {}, {});
        REQUIRE_FALSE(second.has_value());
        CHECK_THAT(second.error().message, Contains("Address already in use"));
    }
    CHECK_FALSE(std::filesystem::exists(options.unix_path));
    std::filesystem::remove_all(directory);
}
