// The small rules of the HTTP surface: paths, redirects, request ids, keys, CORS. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_types.hpp"

namespace exo::embedded {

// "/v0/namespace/{}/nodes/": `{}` takes one segment, whatever is in it except '/'.
std::optional<std::vector<std::string>> match_path(std::string_view pattern, std::string_view path);

// The path without query, percent-decoded; an escape that is none stays as it is. None if the
// result is not UTF-8.
std::optional<std::string> decoded_path(std::string_view target);

// The same target with its trailing slash added or removed. None for "/".
std::optional<std::string> with_other_slash(std::string_view target);

// What the client sent if it is a UUID in any spelling, else a new one.
std::string request_id(const net::Headers& headers);

// Takes the same time for every wrong key.
bool same_key(std::string_view given, std::string_view expected);

// application/json, application/*+json, or nothing at all.
bool is_json_type(std::string_view content_type);

class Cors {
  public:
    // Upstream's default: localhost and 127.0.0.1 on ports 3000 and 3001.
    Cors();
    explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

    // An answer to a preflight, if the request is one.
    std::optional<net::ServerResponse> preflight(const net::ServerRequest& request) const;
    void decorate(const net::ServerRequest& request, net::ServerResponse& response) const;

  private:
    bool allows(std::string_view origin) const;
    std::vector<std::string> origins_;
};

}  // namespace exo::embedded
