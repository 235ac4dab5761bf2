// Text that a node wrote, on its way to a log or a server: the call's secrets covered, well-formed
// UTF-8, bounded. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace exo::plugin {

constexpr std::size_t most_error_text = std::size_t{64} * 1024;
// Shorter values ("on", "42") would cover half of every message and hide nothing.
constexpr std::size_t least_secret = 4;

// Every occurrence of a secret of at least least_secret bytes, overlapping ones too, becomes "***";
// broken UTF-8 becomes U+FFFD; what exceeds `limit` bytes is cut off, never inside a secret.
std::string safe_text(std::string_view text, std::span<const std::string> secrets,
                      std::size_t limit = most_error_text);

}  // namespace exo::plugin
