#include "net/uri.hpp"

#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace exo::net {
namespace {

bool unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

base::Error bad_uri(std::string_view text, std::string_view why) {
    return base::fail("uri \"" + std::string(text) + "\": " + std::string(why));
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    unsigned value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(value);
}

bool is_ipv6(std::string_view text) {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(text), error);
    return !error && address.is_v6();
}

// Host names are ASCII (an international name comes in its xn-- form); '_' occurs in practice.
bool is_host_name(std::string_view text) {
    for (const char c : text) {
        if (!unreserved(c) || c == '~') return false;
    }
    return !text.empty() && text.size() <= 253;
}

struct Authority {
    std::string_view host;
    std::optional<std::string_view> port;  // none: no colon
};

// Splits "h", "h:1", "[::1]" and "[::1]:1"; none if the brackets are wrong.
std::optional<Authority> split_authority(std::string_view text) {
    Authority result;
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        result.host = text.substr(1, close - 1);
        if (!is_ipv6(result.host)) return std::nullopt;
        rest = text.substr(close + 1);
        if (!rest.empty() && rest.front() != ':') return std::nullopt;
    } else {
        const auto colon = text.find(':');
        result.host = text.substr(0, colon);
        if (!is_host_name(result.host)) return std::nullopt;
        rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
    }
    if (!rest.empty()) result.port = rest.substr(1);
    return result;
}

bool is_path(std::string_view path) {
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\') {
            return false;
        }
    }
    return true;
}

std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

std::string BaseUri::host_header() const {
    auto text = bracketed(host);
    if (port != (tls ? 443 : 80)) text += ":" + std::to_string(port);
    return text;
}

std::string BaseUri::to_string() const {
    return (tls ? "https://" : "http://") + host_header() + path_prefix;
}

base::Result<BaseUri> parse_base_uri(std::string_view text) {
    BaseUri uri;
    std::string_view rest = text;
    const auto scheme_end = rest.find("://");
    if (scheme_end == std::string_view::npos) {
        return bad_uri(text, "it must start with http:// or https://");
    }
    std::string scheme(rest.substr(0, scheme_end));
    for (auto& c : scheme) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (scheme != "http" && scheme != "https") {
        return bad_uri(text, "the scheme must be http or https");
    }
    uri.tls = scheme == "https";
    rest.remove_prefix(scheme_end + 3);

    if (rest.find('?') != std::string_view::npos) return bad_uri(text, "a query is not allowed");
    if (rest.find('#') != std::string_view::npos) return bad_uri(text, "a fragment is not allowed");
    const auto slash = rest.find('/');
    const auto authority = rest.substr(0, slash);
    auto path = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
    // The text may hold a password: it is not repeated.
    if (authority.find('@') != std::string_view::npos) {
        return base::fail(
            "uri: a user name or password in it is not allowed; the API key has a setting of its "
            "own");
    }
    if (authority.empty()) return bad_uri(text, "the host is missing");
    const auto split = split_authority(authority);
    if (!split) return bad_uri(text, "the host is malformed (IPv6 addresses go in brackets)");
    uri.host = split->host;
    uri.port = uri.tls ? 443 : 80;
    if (split->port) {
        const auto port = parse_port(*split->port);
        if (!port || *port == 0) return bad_uri(text, "the port must be a number from 1 to 65535");
        uri.port = *port;
    }

    while (path.ends_with('/')) path.remove_suffix(1);
    if (!is_path(path)) {
        return bad_uri(text, "the path holds a character that must be percent-encoded");
    }
    uri.path_prefix = path;
    return uri;
}

std::string percent_encode_segment(std::string_view segment) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    out.reserve(segment.size());
    for (const char c : segment) {
        if (unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += hex[byte >> 4];
        out += hex[byte & 15];
    }
    return out;
}

std::optional<std::string> percent_decode(std::string_view segment) {
    std::string out;
    out.reserve(segment.size());
    for (std::size_t i = 0; i < segment.size(); ++i) {
        if (segment[i] != '%') {
            out += segment[i];
            continue;
        }
        if (i + 2 >= segment.size()) return std::nullopt;
        const int high = hex_value(segment[i + 1]);
        const int low = hex_value(segment[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

base::Result<ListenAddress> parse_listen_address(std::string_view text) {
    const auto bad = [text](std::string_view why) {
        return base::fail("address \"" + std::string(text) + "\": " + std::string(why));
    };
    const auto split = split_authority(text);
    if (!split) return bad("it must be HOST:PORT, with an IPv6 host in brackets");
    if (!split->port) return bad("the port is missing");
    const auto port = parse_port(*split->port);
    if (!port) return bad("the port must be a number from 0 to 65535");
    return ListenAddress{std::string(split->host), *port};
}

bool is_loopback(const ListenAddress& address) {
    if (address.host == "localhost") return true;
    boost::system::error_code error;
    const auto parsed = boost::asio::ip::make_address(address.host, error);
    return !error && parsed.is_loopback();
}

}  // namespace exo::net
