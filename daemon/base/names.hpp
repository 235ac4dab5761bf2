// Names that travel in URLs and graphs, and the UTF-8 check under them. Pure; any thread. Here in
// base because both model/ and settings/ judge names.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace exo::base {

// RFC 3629: no surrogates, no overlong forms.
bool is_utf8(std::string_view text);

// Names of namespaces, nodes, graphs, runtimes. Refused: empty, padded with white space, "." and
// "..", containing '/' or control characters, not UTF-8, over 256 bytes. `what` names it in the
// error.
Result<> check_name(std::string_view what, std::string_view name);

}  // namespace exo::base
