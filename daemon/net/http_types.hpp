// Requests and answers as plain values, for client and server alike. No Beast in here.
#pragma once

#include <boost/assert/source_location.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exo::net {

enum class Method { get, post, put, del, head, options, patch, other };

std::string_view to_string(Method method);

using Headers = std::vector<std::pair<std::string, std::string>>;

// First value of a header, compared without case; empty if absent.
std::string_view find_header(const Headers& headers, std::string_view name);

// ---- client side
// -------------------------------------------------------------------------------------------------
struct Request {
    Method method = Method::get;
    std::string target;  // "/v0/..." already percent-encoded; the client puts the base URI's path
                         // prefix before it
    Headers headers;     // host, user-agent, content-length are the client's business
    std::string body;
    std::chrono::milliseconds timeout{30'000};  // from here to the complete answer
    std::size_t max_body = 16 * 1024 * 1024;    // bytes of an answer's body
};

struct Response {
    int status = 0;
    Headers headers;  // names in lower case
    std::string body;
};

// Why there is no answer.
struct TransportError {
    bool maybe_processed =
        false;            // true: bytes left us, so the server may have acted, or may still act
    std::string message;  // "connect 127.0.0.1:8000: Connection refused"
};

std::ostream& operator<<(std::ostream& out, const TransportError& error);

// value() on a failed result throws std::runtime_error with the error's message.
[[noreturn]] void throw_exception_from_error(const TransportError& error,
                                             const boost::source_location& where);

// ---- server side
// -------------------------------------------------------------------------------------------------
struct ServerRequest {
    Method method = Method::get;
    std::string method_text;  // as sent: for 405 and unknown methods
    std::string target;       // raw, with query
    Headers headers;          // names in lower case
    std::string body;
    std::string peer;  // "127.0.0.1:51234"
    // For handlers that take their time: false if the peer has closed the connection (or sent more
    // behind this request). Empty outside of a server. [io thread, until it is answered]
    std::function<bool()> peer_waits{};
};

struct ServerResponse {
    int status = 200;
    Headers headers;  // content-length, date, connection are the server's business
    std::string body;
    bool drop = false;  // no answer: the connection is closed at once
};

}  // namespace exo::net
