#include "base/names.hpp"

#include <algorithm>
#include <string>

namespace exo::base {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

// Length of the well-formed sequence at text[i], 0 if there is none (RFC 3629: no surrogates, no
// overlong forms).
std::size_t sequence_length(std::string_view text, std::size_t i) {
    const auto at = [&](std::size_t k) -> unsigned {
        return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U;
    };
    const auto tail = [&](std::size_t k) { return (at(k) & 0xC0U) == 0x80U; };
    const unsigned lead = at(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (!tail(1) || !tail(2)) return 0;
        if (lead == 0xE0 && at(1) < 0xA0) return 0;
        if (lead == 0xED && at(1) > 0x9F) return 0;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (!tail(1) || !tail(2) || !tail(3)) return 0;
        if (lead == 0xF0 && at(1) < 0x90) return 0;
        if (lead == 0xF4 && at(1) > 0x8F) return 0;
        return 4;
    }
    return 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto length = sequence_length(text, i);
        if (length == 0) return false;
        i += length;
    }
    return true;
}

Result<> check_name(std::string_view what, std::string_view name) {
    const auto refuse = [&](std::string_view why) {
        return fail(std::string(what) + " name \"" + std::string(is_utf8(name) ? name : "?") +
                    "\" " + std::string(why));
    };
    if (name.empty()) return refuse("is empty");
    if (name.size() > 256) return fail(std::string(what) + " name is longer than 256 bytes");
    if (!is_utf8(name)) return refuse("is not UTF-8");
    if (is_space(name.front()) || is_space(name.back()))
        return refuse("is padded with white space");
    if (name == "." || name == "..") return refuse("is not allowed");
    if (name.find('/') != std::string_view::npos) return refuse("contains '/'");
    if (std::ranges::any_of(name, is_control)) {
        return fail(std::string(what) + " name contains a control character");
    }
    return {};
}

}  // namespace exo::base
