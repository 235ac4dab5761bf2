// What a word is: a run of bytes without white space, as for `wc -w` in the POSIX locale. Bytes
// beyond ASCII belong to words, so UTF-8 is never cut. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

namespace text {

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Takes the next word off the front of `rest`, together with the white space around it. Empty when
// there is none left.
std::string_view take_word(std::string_view& rest);

// The word in lower case (a-z), without punctuation at its ends; empty if nothing is left.
std::string normalise(std::string_view word);

}  // namespace text
