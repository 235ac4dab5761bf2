#include "words.hpp"

#include <algorithm>

namespace text {
namespace {

bool is_punctuation(char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    const bool digit = byte >= '0' && byte <= '9';
    return byte < 0x80 && !letter && !digit;
}

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string_view take_word(std::string_view& rest) {
    const auto begin = std::find_if_not(rest.begin(), rest.end(), is_space);
    const auto end = std::find_if(begin, rest.end(), is_space);
    const std::string_view word(begin, end);
    rest = std::string_view(std::find_if_not(end, rest.end(), is_space), rest.end());
    return word;
}

std::string normalise(std::string_view word) {
    while (!word.empty() && is_punctuation(word.front())) word.remove_prefix(1);
    while (!word.empty() && is_punctuation(word.back())) word.remove_suffix(1);
    std::string result(word);
    std::transform(result.begin(), result.end(), result.begin(), to_lower);
    return result;
}

}  // namespace text
