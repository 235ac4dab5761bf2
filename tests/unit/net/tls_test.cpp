#include "net/tls.hpp"

#include <catch2/catch.hpp>

#include "client_fixture.hpp"
#include "server_fixture.hpp"
#include "support/test_ca.hpp"

using namespace exo;
using namespace exo::test;
using Catch::Contains;
using namespace std::chrono_literals;

namespace {

net::ServerOptions tls_server(const TestCa::Files& files) {
    net::ServerOptions options;
    options.tls_cert_file = files.cert;
    options.tls_key_file = files.key;
    return options;
}

net::ClientOptions tls_client(const ServerFixture& server, const std::string& ca_file,
                              const std::string& host = "127.0.0.1") {
    auto options = options_for(server.port());
    options.uri.tls = true;
    options.uri.host = host;
    options.tls.ca_file = ca_file;
    return options;
}

void check_refused(const Answer& answer, const std::string& reason) {
    REQUIRE_FALSE(answer.has_value());
    CHECK_FALSE(answer.error().maybe_processed);
    CHECK_THAT(answer.error().message, Contains("TLS with ") && Contains(reason));
}

}  // namespace

TEST_CASE("client and server speak TLS, over many requests and large bodies") {
    const TestCa ca;
    ServerFixture server(tls_server(ca.issue("server", "IP:127.0.0.1")));
    ClientFixture client(tls_client(server, ca.ca_file()));
    for (int i = 0; i < 5; ++i) CHECK(client.get("/a")->body == "GET /a ");
    const std::string large(3'000'000, 'x');
    CHECK(client.post("/l", large)->body == "POST /l " + large);
}

TEST_CASE("a certificate is valid for its name only") {
    const TestCa ca;
    SECTION("the name") {
        ServerFixture server(tls_server(ca.issue("server", "DNS:localhost")));
        ClientFixture good(tls_client(server, ca.ca_file(), "localhost"));
        CHECK(good.get("/").has_value());
        ClientFixture wrong(tls_client(server, ca.ca_file(), "127.0.0.1"));
        check_refused(wrong.get("/"), "IP address mismatch (asked for 127.0.0.1)");
        CHECK(server.seen().requests == 1);
    }
    SECTION("another one") {
        ServerFixture server(tls_server(ca.issue("server", "DNS:example.org")));
        ClientFixture wrong(tls_client(server, ca.ca_file(), "localhost"));
        check_refused(wrong.get("/"), "hostname mismatch (asked for localhost)");
        CHECK(server.seen().requests == 0);
    }
}

TEST_CASE("a certificate of an unknown authority is refused") {
    const TestCa ca, other;
    ServerFixture server(tls_server(ca.issue("server", "IP:127.0.0.1")));
    ClientFixture client(tls_client(server, other.ca_file()));
    check_refused(client.get("/"), "certificate was refused");
    ClientFixture system(tls_client(server, ""));
    check_refused(system.get("/"), "certificate was refused");
    CHECK(server.seen().requests == 0);
}

TEST_CASE("a server may ask for a client certificate") {
    const TestCa ca, other;
    auto server_options = tls_server(ca.issue("server", "IP:127.0.0.1"));
    server_options.tls_client_ca_file = ca.ca_file();
    ServerFixture server(server_options);

    auto with = tls_client(server, ca.ca_file());
    const auto files = ca.issue("client", "DNS:worker");
    with.tls.cert_file = files.cert;
    with.tls.key_file = files.key;
    ClientFixture good(with);
    CHECK(good.get("/").has_value());

    // TLS 1.3 tells a client without a certificate only after its handshake: no answer comes.
    ClientFixture without(tls_client(server, ca.ca_file()));
    CHECK_FALSE(without.get("/").has_value());
    auto wrong = with;
    const auto foreign = other.issue("client", "DNS:worker");
    wrong.tls.cert_file = foreign.cert;
    wrong.tls.key_file = foreign.key;
    ClientFixture bad(wrong);
    CHECK_FALSE(bad.get("/").has_value());
    CHECK(server.seen().requests == 1);
}

TEST_CASE("a plain server behind https and a plain request to a TLS server fail clearly") {
    const TestCa ca;
    ServerFixture plain;
    ClientFixture client(tls_client(plain, ca.ca_file()));
    const auto answer = client.get("/");
    REQUIRE_FALSE(answer.has_value());
    CHECK_FALSE(answer.error().maybe_processed);

    ServerFixture tls(tls_server(ca.issue("server", "IP:127.0.0.1")));
    ClientFixture naive(options_for(tls.port()));
    CHECK_FALSE(naive.get("/").has_value());
    CHECK(tls.seen().requests == 0);
}

TEST_CASE("a TLS handshake that never ends is given up") {
    const TestCa ca;
    RawListener silent;
    auto options = options_for(silent.port());
    options.uri.tls = true;
    options.connect_timeout = 50ms;
    ClientFixture client(options);
    check_refused(client.get("/"), "timed out");

    auto server_options = tls_server(ca.issue("server", "IP:127.0.0.1"));
    server_options.header_timeout = 50ms;
    ServerFixture server(server_options);
    auto socket = server.connect();
    CHECK(socket.receive_all().empty());
}

TEST_CASE("a TLS connection that the server closed while idle is replaced") {
    const TestCa ca;
    auto server_options = tls_server(ca.issue("server", "IP:127.0.0.1"));
    server_options.idle_timeout = 50ms;
    server_options.header_timeout = 60ms;
    ServerFixture server(server_options);
    ClientFixture client(tls_client(server, ca.ca_file()));
    for (int i = 0; i < 3; ++i) {
        CHECK(client.get("/").has_value());
        // Opened later and cut later than the idle one: its end tells that the idle one has ended.
        auto clock = server.connect();
        CHECK(clock.receive_all().empty());
    }
}

TEST_CASE("files that cannot be used are named") {
    const TestCa ca;
    const TempDir directory;
    const auto files = ca.issue("server", "DNS:h");
    const auto junk = directory.write("junk.pem", "not a certificate");

    net::TlsOptions client;
    client.ca_file = "/does/not/exist.pem";
    CHECK_THAT(net::tls_client_context(client).error().message, Contains("/does/not/exist.pem"));
    client.ca_file = junk;
    CHECK_THAT(net::tls_client_context(client).error().message, Contains(junk));
    client.ca_file = ca.ca_file();
    client.cert_file = files.cert;
    CHECK_THAT(net::tls_client_context(client).error().message, Contains("key_file"));
    client.key_file = junk;
    CHECK_THAT(net::tls_client_context(client).error().message, Contains(junk));
    client.key_file = ca.issue("other", "DNS:h").key;
    CHECK_THAT(net::tls_client_context(client).error().message, Contains(client.key_file));

    net::ServerOptions server;
    server.tls_cert_file = files.cert;
    CHECK_FALSE(net::tls_server_context(server).has_value());
    server.tls_key_file = junk;
    CHECK_THAT(net::tls_server_context(server).error().message, Contains(junk));
    server.tls_key_file = files.key;
    CHECK(net::tls_server_context(server).has_value());
    server.tls_client_ca_file = junk;
    CHECK_THAT(net::tls_server_context(server).error().message, Contains(junk));
}
