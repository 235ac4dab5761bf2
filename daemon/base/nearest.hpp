// "Did you mean ...?": the known word that a mistyped one most likely meant. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace exo::base {

// Edits (insert, remove, replace, swap of neighbours) from a to b; case, '-' and '_' do not count.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The closest of `known`, the first one on a tie; none if even that one is too far to be a typing
// error.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known);

}  // namespace exo::base
