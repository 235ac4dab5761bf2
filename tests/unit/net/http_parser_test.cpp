#include "net/http_parser.hpp"

#include <catch2/catch.hpp>
#include <cstring>

using namespace exo::net;

namespace {

// Feeds `bytes` in pieces and gives the last step.
template <class Parser>
ParseStep feed(Parser& parser, std::string_view bytes, std::size_t piece) {
    ReadBuffer buffer(64 * 1024);
    auto step = ParseStep::need_more;
    while (!bytes.empty()) {
        const auto room = buffer.prepare();
        REQUIRE(room.size() > 0);
        const auto n = std::min({piece, bytes.size(), room.size()});
        std::memcpy(room.data(), bytes.data(), n);
        buffer.commit(n);
        bytes.remove_prefix(n);
        do {
            step = parser.step(buffer);
        } while (step == ParseStep::header);
        if (step == ParseStep::failed) break;
    }
    return step;
}

}  // namespace

TEST_CASE("a message is the same in whatever pieces it comes") {
    const std::string messages[] = {
        "POST /t HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX-A:  b \r\n\r\nhello",
        "POST /t HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n"
        "2\r\nhe\r\n3;ext=\"q\"\r\nllo\r\n0\r\nX-Trailer: t\r\n\r\n",
    };
    for (const auto& message : messages) {
        for (std::size_t piece = 1; piece <= message.size(); ++piece) {
            ServerRequest request;
            RequestParser parser({}, request);
            INFO(piece);
            REQUIRE(feed(parser, message, piece) == ParseStep::complete);
            CHECK(request.method == Method::post);
            CHECK(request.target == "/t");
            CHECK(request.body == "hello");
            CHECK(find_header(request.headers, "x-a") == "b");
            CHECK(find_header(request.headers, "x-trailer").empty());
        }
    }
}

TEST_CASE("the end of an empty chunked body may come in any pieces") {
    const std::string message = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    for (std::size_t piece = 1; piece <= message.size(); ++piece) {
        ServerRequest request;
        RequestParser parser({}, request);
        INFO(piece);
        CHECK(feed(parser, message, piece) == ParseStep::complete);
    }
}

TEST_CASE("a header has a bound however it drips in") {
    ServerRequest request;
    ParseLimits limits;
    limits.header = 2000;
    RequestParser parser(limits, request);
    // Pieces that end where a field ends are taken out of the buffer at once.
    std::string message = "GET / HTTP/1.1\r\n";
    while (message.size() < 10'000) message += "name: value1234\r\n";
    CHECK(feed(parser, message.substr(0, 16), 16) == ParseStep::need_more);
    CHECK(feed(parser, message.substr(16), 17) == ParseStep::failed);
    CHECK(parser.header_too_large());
}

TEST_CASE("a chunk header and a trailer without end have a bound") {
    for (const std::string& start : {std::string("1;"), std::string("0\r\nx: ")}) {
        ServerRequest request;
        RequestParser parser({}, request);
        const auto message = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + start +
                             std::string(200'000, 'x');
        CHECK(feed(parser, message, 1000) == ParseStep::failed);
    }
}

TEST_CASE("a body that is announced to be huge is not allocated before it comes") {
    Response response;
    ParseLimits limits;
    limits.body = std::uint64_t{1} << 40;
    ResponseParser parser(limits, response);
    CHECK(feed(parser, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\nx", 100) ==
          ParseStep::need_more);
    CHECK(response.body.capacity() < 1'000'000);
}
