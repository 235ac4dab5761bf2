// Plain values -> bytes of an HTTP/1.1 header. Pure. Internal to net/.
#pragma once

#include <string>
#include <string_view>

#include "net/http_types.hpp"

namespace exo::net {

// Control characters in a field (they would begin a new one) become spaces.
void append_field(std::string& out, std::string_view name, std::string_view value);

// "HTTP/1.1 404 Not Found\r\n"
void append_status_line(std::string& out, int status);

// A name or value that could end its line; such a request is not sent.
bool has_line_break(std::string_view text);

}  // namespace exo::net
