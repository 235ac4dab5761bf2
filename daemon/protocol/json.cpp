#include "protocol/json.hpp"

#include <rapidjson/error/en.h>

#include <algorithm>
#include <optional>

namespace exo::protocol {
namespace {

base::Error not_json(const rapidjson::Document& document) {
    return base::fail(
        "not JSON: " + std::string(rapidjson::GetParseError_En(document.GetParseError())) +
        " (at byte " + std::to_string(document.GetErrorOffset()) + ")");
}

bool is_encoding_error(rapidjson::ParseErrorCode code) {
    return code == rapidjson::kParseErrorStringInvalidEncoding ||
           code == rapidjson::kParseErrorStringUnicodeSurrogateInvalid;
}

// The 16 bits of "\uXXXX" at the beginning of `text`.
std::optional<unsigned> escaped_unit(std::string_view text) {
    if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
    unsigned unit = 0;
    for (const char c : text.substr(2, 4)) {
        unit <<= 4;
        if (c >= '0' && c <= '9') {
            unit |= static_cast<unsigned>(c - '0');
        } else if (c >= 'a' && c <= 'f') {
            unit |= static_cast<unsigned>(c - 'a' + 10);
        } else if (c >= 'A' && c <= 'F') {
            unit |= static_cast<unsigned>(c - 'A' + 10);
        } else {
            return std::nullopt;
        }
    }
    return unit;
}

// Bytes of the escape at the beginning of `text`; 0 if it is a lone surrogate.
std::size_t good_escape(std::string_view text) {
    const auto first = escaped_unit(text);
    if (!first) return std::min<std::size_t>(2, text.size());
    if (*first < 0xD800 || *first > 0xDFFF) return 6;
    if (*first > 0xDBFF) return 0;
    const auto second = escaped_unit(text.substr(6));
    return second && *second >= 0xDC00 && *second <= 0xDFFF ? 12 : 0;
}

// Bytes of the UTF-8 sequence at the beginning of `text`; 0 if there is none.
std::size_t good_sequence(std::string_view text) {
    const auto at = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto continues = [&](std::size_t i) { return (at(i) & 0xC0) == 0x80; };
    const unsigned first = at(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!continues(1) || !continues(2)) return 0;
        if (first == 0xE0 && at(1) < 0xA0) return 0;  // overlong
        if (first == 0xED && at(1) > 0x9F) return 0;  // a surrogate
        return 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!continues(1) || !continues(2) || !continues(3)) return 0;
        if (first == 0xF0 && at(1) < 0x90) return 0;
        if (first == 0xF4 && at(1) > 0x8F) return 0;
        return 4;
    }
    return 0;
}

}  // namespace

bool is_too_deep(std::string_view text) {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') {
                ++i;
            } else if (c == '"') {
                in_string = false;
            }
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > max_depth) return true;
        } else if (c == ']' || c == '}') {
            if (depth > 0) --depth;
        }
    }
    return false;
}

std::string with_broken_unicode_replaced(std::string_view text, bool with_escapes,
                                         std::string_view replacement) {
    std::string out;
    out.reserve(text.size() + 64);
    for (std::size_t i = 0; i < text.size();) {
        const bool escape = with_escapes && text[i] == '\\';
        const auto n = escape ? good_escape(text.substr(i)) : good_sequence(text.substr(i));
        if (n > 0) {
            out.append(text.substr(i, n));
            i += n;
        } else {
            out.append(replacement);
            i += escape ? 6 : 1;
        }
    }
    return out;
}

base::Result<> parse_json(std::string_view text, rapidjson::Document& document) {
    if (is_too_deep(text)) {
        return base::fail("nested deeper than " + std::to_string(max_depth) + " levels");
    }
    document.Parse<json_parse_flags>(text.data(), text.size());
    if (document.HasParseError()) return not_json(document);
    return {};
}

base::Result<> parse_json_leniently(std::string_view text, rapidjson::Document& document) {
    auto parsed = parse_json(text, document);
    if (parsed || !document.HasParseError() || !is_encoding_error(document.GetParseError())) {
        return parsed;
    }
    return parse_json(with_broken_unicode_replaced(text, true, broken_unicode), document);
}

const Json* find_member(const Json& value, std::string_view name) {
    if (!value.IsObject()) return nullptr;
    const auto found = value.FindMember(
        Json(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))));
    return found == value.MemberEnd() ? nullptr : &found->value;
}

std::string_view view(const Json& string) { return {string.GetString(), string.GetStringLength()}; }

bool is_string(const Json* value, std::string_view text) {
    return value != nullptr && value->IsString() && view(*value) == text;
}

}  // namespace exo::protocol
