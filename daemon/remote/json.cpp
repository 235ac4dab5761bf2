#include "remote/json.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace exo::remote {
namespace {

constexpr std::size_t deepest = 200;

// RapidJSON's writer and destructors may recurse, so depth is judged before the text is parsed.
bool too_deep(std::string_view text) {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > deepest) return true;
        } else if ((c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return false;
}

std::string place(std::string_view text, std::size_t offset) {
    const auto before = text.substr(0, std::min(offset, text.size()));
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto line_start = before.rfind('\n');
    const auto column =
        line_start == std::string_view::npos ? before.size() : before.size() - line_start - 1;
    return "line " + std::to_string(line) + ", column " + std::to_string(column + 1);
}

}  // namespace

base::Result<> parse_json(std::string_view text, rapidjson::Document& document) {
    if (too_deep(text)) return base::fail("more than 200 levels deep");
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
        text.data(), text.size());
    if (document.HasParseError()) {
        return base::fail(place(text, document.GetErrorOffset()) + ": " +
                          rapidjson::GetParseError_En(document.GetParseError()));
    }
    return {};
}

const Json* find_member(const Json& value, std::string_view name) {
    if (!value.IsObject()) return nullptr;
    const Json key(
        rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size())));
    const auto found = value.FindMember(key);
    return found == value.MemberEnd() ? nullptr : &found->value;
}

std::string to_string(const Json& string) { return {string.GetString(), string.GetStringLength()}; }

std::string string_member(const Json& value, std::string_view name) {
    const auto* member = find_member(value, name);
    return member != nullptr && member->IsString() ? to_string(*member) : "";
}

std::string to_json_text(const Json& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace exo::remote
