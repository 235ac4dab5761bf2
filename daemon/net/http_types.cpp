#include "net/http_types.hpp"

#include <algorithm>
#include <ostream>
#include <stdexcept>

namespace exo::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_without_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view to_string(Method method) {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::del:
            return "DELETE";
        case Method::head:
            return "HEAD";
        case Method::options:
            return "OPTIONS";
        case Method::patch:
            return "PATCH";
        case Method::other:
            return "OTHER";
    }
    return "OTHER";
}

std::string_view find_header(const Headers& headers, std::string_view name) {
    for (const auto& [key, value] : headers) {
        if (equal_without_case(key, name)) return value;
    }
    return {};
}

std::ostream& operator<<(std::ostream& out, const TransportError& error) {
    return out << error.message;
}

void throw_exception_from_error(const TransportError& error,
                                const boost::source_location& /*where*/) {
    throw std::runtime_error(error.message);
}

}  // namespace exo::net
