// Base URIs of state managers, and the percent-encoding of path segments. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace exo::net {

struct BaseUri {
    bool tls = false;
    std::string host;  // without brackets
    std::uint16_t port = 80;
    std::string path_prefix;          // "" or "/a/b": no trailing slash
    std::string host_header() const;  // "h", "h:8000", "[::1]:8000"
    std::string to_string() const;
};

// http and https; IPv6 in brackets; a path prefix is allowed, a trailing slash ignored; user info,
// query and fragment are refused.
base::Result<BaseUri> parse_base_uri(std::string_view text);

std::string percent_encode_segment(std::string_view segment);  // unreserved characters stay
std::optional<std::string> percent_decode(
    std::string_view segment);  // none if an escape is malformed

// "127.0.0.1:8000", "[::1]:8000", "localhost:0".
struct ListenAddress {
    std::string host;
    std::uint16_t port = 0;
};
base::Result<ListenAddress> parse_listen_address(std::string_view text);
bool is_loopback(const ListenAddress& address);

}  // namespace exo::net
