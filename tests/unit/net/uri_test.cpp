#include "net/uri.hpp"

#include <catch2/catch.hpp>

using namespace exo::net;
using Catch::Contains;

TEST_CASE("a base uri gives host, port and prefix") {
    const auto uri = parse_base_uri("https://Example.org/a/b//");
    REQUIRE(uri.has_value());
    CHECK(uri->tls);
    CHECK(uri->host == "Example.org");
    CHECK(uri->port == 443);
    CHECK(uri->path_prefix == "/a/b");
    CHECK(uri->host_header() == "Example.org");
    CHECK(uri->to_string() == "https://Example.org/a/b");

    const auto v6 = parse_base_uri("HTTP://[::1]:8000/");
    REQUIRE(v6.has_value());
    CHECK_FALSE(v6->tls);
    CHECK(v6->host == "::1");
    CHECK(v6->host_header() == "[::1]:8000");
    CHECK(v6->path_prefix.empty());
    CHECK(parse_base_uri("http://h:443")->host_header() == "h:443");
    CHECK(parse_base_uri("http://h:80")->host_header() == "h");
}

TEST_CASE("a base uri that cannot be meant is refused with the reason") {
    const std::pair<const char*, const char*> cases[] = {
        {"", "http:// or https://"},
        {"127.0.0.1:8000", "http:// or https://"},
        {"ftp://h", "scheme"},
        {"http://", "host is missing"},
        {"http:///path", "host is missing"},
        {"http://h?x=1", "query"},
        {"http://h/#f", "fragment"},
        {"http://h:0", "port"},
        {"http://h:65536", "port"},
        {"http://h:80a", "port"},
        {"http://h:", "port"},
        {"http://::1", "brackets"},
        {"http://[::1", "brackets"},
        {"http://[::1]x", "brackets"},
        {"http://[no]", "brackets"},
        {"http://a b", "host"},
        {"http://h/a b", "percent-encoded"},
        {"http://h/\r\nx: y", "percent-encoded"},
    };
    for (const auto& [text, reason] : cases) {
        INFO(text);
        const auto uri = parse_base_uri(text);
        REQUIRE_FALSE(uri.has_value());
        CHECK_THAT(uri.error().message, Contains(reason));
    }
}

TEST_CASE("a password in a uri is refused and not repeated") {
    const auto uri = parse_base_uri("http://user:hunter2@h/");
    REQUIRE_FALSE(uri.has_value());
    CHECK_THAT(uri.error().message, Contains("API key"));
    CHECK_THAT(uri.error().message, !Contains("hunter2"));
}

TEST_CASE("a path segment is encoded so that it stays one segment") {
    CHECK(percent_encode_segment("My-Node_1.0~x") == "My-Node_1.0~x");
    CHECK(percent_encode_segment("a/b c?d#e%") == "a%2Fb%20c%3Fd%23e%25");
    CHECK(percent_encode_segment("\xc3\xa9") == "%C3%A9");
    CHECK(percent_encode_segment("").empty());
}

TEST_CASE("decoding undoes encoding and refuses broken escapes") {
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    CHECK(percent_decode(percent_encode_segment(all)) == all);
    CHECK(percent_decode("%c3%A9") == "\xc3\xa9");
    CHECK(percent_decode("a+b") == "a+b");
    for (const auto* bad : {"%", "%1", "%zz", "a%2", "%%20"}) {
        INFO(bad);
        CHECK_FALSE(percent_decode(bad).has_value());
    }
}

TEST_CASE("a listen address is host and port") {
    const auto v4 = parse_listen_address("127.0.0.1:8000");
    REQUIRE(v4.has_value());
    CHECK(v4->host == "127.0.0.1");
    CHECK(v4->port == 8000);
    CHECK(is_loopback(*v4));
    const auto v6 = parse_listen_address("[::1]:0");
    REQUIRE(v6.has_value());
    CHECK(v6->host == "::1");
    CHECK(v6->port == 0);
    CHECK(is_loopback(*v6));
    CHECK(is_loopback(*parse_listen_address("localhost:1")));
    CHECK_FALSE(is_loopback(*parse_listen_address("0.0.0.0:1")));
    CHECK_FALSE(is_loopback(*parse_listen_address("[::]:1")));
    for (const auto* bad : {"", "8000", ":8000", "h", "h:", "h:x", "h:70000", "::1:80", "[::1]"}) {
        INFO(bad);
        CHECK_FALSE(parse_listen_address(bad).has_value());
    }
}
