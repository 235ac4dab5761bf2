#include "embedded/http_rules.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "embedded/python_text.hpp"
#include "embedded/wire_values.hpp"
#include "model/node_schema.hpp"

namespace exo::embedded {

namespace {

constexpr std::array<std::string_view, 8> allowed_headers{
    "Accept",       "Accept-Language", "Authorization",          "Content-Language",
    "Content-Type", "X-API-Key",       "X-Exosphere-Request-ID", "X-Requested-With"};

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::optional<char> escaped_byte(std::string_view text) {
    if (text.size() < 3 || std::isxdigit(static_cast<unsigned char>(text[1])) == 0 ||
        std::isxdigit(static_cast<unsigned char>(text[2])) == 0) {
        return std::nullopt;
    }
    return static_cast<char>(std::stoi(std::string(text.substr(1, 2)), nullptr, 16));
}

std::string allowed_header_list() {
    std::string list;
    for (const auto header : allowed_headers) {
        list += (list.empty() ? "" : ", ") + std::string(header);
    }
    return list;
}

bool is_allowed_header(std::string_view name) {
    return std::any_of(allowed_headers.begin(), allowed_headers.end(),
                       [&](std::string_view allowed) { return lower(allowed) == lower(name); });
}

bool are_allowed_headers(std::string_view list) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (!is_allowed_header(trim(list.substr(0, comma)))) {
            return false;
        }
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
    return true;
}

std::array<unsigned char, 32> digest(std::string_view text) {
    std::array<unsigned char, 32> out{};
    EVP_Digest(text.data(), text.size(), out.data(), nullptr, EVP_sha256(), nullptr);
    return out;
}

}  // namespace

std::optional<std::vector<std::string>> match_path(std::string_view pattern,
                                                   std::string_view path) {
    std::vector<std::string> values;
    while (true) {
        const auto hole = pattern.find("{}");
        const auto literal = pattern.substr(0, hole);
        if (path.substr(0, literal.size()) != literal) {
            return std::nullopt;
        }
        path.remove_prefix(literal.size());
        if (hole == std::string_view::npos) {
            return path.empty() ? std::optional(std::move(values)) : std::nullopt;
        }
        pattern.remove_prefix(hole + 2);
        const auto value = path.substr(0, path.find('/'));
        if (value.empty()) {
            return std::nullopt;
        }
        values.emplace_back(value);
        path.remove_prefix(value.size());
    }
}

std::optional<std::string> decoded_path(std::string_view target) {
    auto path = target.substr(0, target.find('?'));
    std::string decoded;
    while (!path.empty()) {
        const auto byte = path[0] == '%' ? escaped_byte(path) : std::nullopt;
        decoded += byte.value_or(path[0]);
        path.remove_prefix(byte ? 3 : 1);
    }
    return model::is_utf8(decoded) ? std::optional(std::move(decoded)) : std::nullopt;
}

std::optional<std::string> with_other_slash(std::string_view target) {
    const auto query = target.find('?');
    std::string path(target.substr(0, query));
    if (path == "/" || path.empty()) {
        return std::nullopt;
    }
    if (path.back() == '/') {
        path.pop_back();
    } else {
        path += '/';
    }
    return path + std::string(query == std::string_view::npos ? "" : target.substr(query));
}

std::string request_id(const net::Headers& headers) {
    const auto given = net::find_header(headers, "x-exosphere-request-id");
    return is_uuid(given) ? std::string(given) : new_uuid4();
}

bool same_key(std::string_view given, std::string_view expected) {
    const auto a = digest(given), b = digest(expected);
    return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool is_json_type(std::string_view content_type) {
    const auto type = lower(trim(content_type.substr(0, content_type.find(';'))));
    constexpr std::string_view application = "application/", json_suffix = "+json";
    return type.empty() || type == "application/json" ||
           (type.substr(0, application.size()) == application && type.size() > json_suffix.size() &&
            type.substr(type.size() - json_suffix.size()) == json_suffix);
}

Cors::Cors()
    : origins_{"http://localhost:3000", "http://localhost:3001", "http://127.0.0.1:3000",
               "http://127.0.0.1:3001"} {}

bool Cors::allows(std::string_view origin) const {
    return std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

std::optional<net::ServerResponse> Cors::preflight(const net::ServerRequest& request) const {
    const auto origin = net::find_header(request.headers, "origin");
    const auto method = net::find_header(request.headers, "access-control-request-method");
    if (request.method != net::Method::options || origin.empty() || method.empty()) {
        return std::nullopt;
    }
    constexpr std::array<std::string_view, 6> methods{"GET",    "POST",    "PUT",
                                                      "DELETE", "OPTIONS", "PATCH"};
    net::ServerResponse response;
    response.headers = {{"vary", "Origin"},
                        {"access-control-allow-methods", "GET, POST, PUT, DELETE, OPTIONS, PATCH"},
                        {"access-control-max-age", "600"},
                        {"access-control-allow-headers", allowed_header_list()},
                        {"access-control-allow-credentials", "true"},
                        {"content-type", "text/plain; charset=utf-8"}};
    std::string refused;
    const auto refuse = [&](std::string_view what) {
        refused += (refused.empty() ? "" : ", ") + std::string(what);
    };
    if (allows(origin)) {
        response.headers.emplace_back("access-control-allow-origin", origin);
    } else {
        refuse("origin");
    }
    if (std::find(methods.begin(), methods.end(), method) == methods.end()) {
        refuse("method");
    }
    if (!are_allowed_headers(net::find_header(request.headers, "access-control-request-headers"))) {
        refuse("headers");
    }
    response.status = refused.empty() ? 200 : 400;
    response.body = refused.empty() ? "OK" : "Disallowed CORS " + refused;
    return response;
}

void Cors::decorate(const net::ServerRequest& request, net::ServerResponse& response) const {
    const auto origin = net::find_header(request.headers, "origin");
    if (origin.empty()) {
        return;
    }
    response.headers.emplace_back("access-control-allow-credentials", "true");
    response.headers.emplace_back("access-control-expose-headers", "X-Exosphere-Request-ID");
    if (allows(origin)) {
        response.headers.emplace_back("access-control-allow-origin", origin);
        response.headers.emplace_back("vary", "Origin");
    }
}

}  // namespace exo::embedded
