#include "embedded/json.hpp"

#include <rapidjson/error/error.h>

#include <algorithm>
#include <unordered_map>

#include "embedded/python_text.hpp"

namespace exo::embedded::json {

namespace {

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) >> 6) != 2;
    }));
}

// Where nesting goes beyond `deepest`; npos if nowhere. Strings are skipped.
std::size_t too_deep_at(std::string_view text) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            i += c == '\\' ? 1 : 0;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > deepest) {
                return i;
            }
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return std::string_view::npos;
}

const char* python_message(rapidjson::ParseErrorCode code) {
    switch (code) {
        case rapidjson::kParseErrorNone:
            return "";
        case rapidjson::kParseErrorDocumentRootNotSingular:
            return "Extra data";
        case rapidjson::kParseErrorObjectMissName:
            return "Expecting property name enclosed in double quotes";
        case rapidjson::kParseErrorObjectMissColon:
            return "Expecting ':' delimiter";
        case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
        case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
            return "Expecting ',' delimiter";
        case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
            return "Invalid \\uXXXX escape";
        case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
            return "Invalid surrogate pair";
        case rapidjson::kParseErrorStringEscapeInvalid:
            return "Invalid \\escape";
        case rapidjson::kParseErrorStringMissQuotationMark:
            return "Unterminated string starting at";
        case rapidjson::kParseErrorStringInvalidEncoding:
            return "Invalid UTF-8 or control character";
        case rapidjson::kParseErrorNumberTooBig:
            return "Number too big";
        case rapidjson::kParseErrorDocumentEmpty:
        case rapidjson::kParseErrorValueInvalid:
        case rapidjson::kParseErrorNumberMissFraction:
        case rapidjson::kParseErrorNumberMissExponent:
        case rapidjson::kParseErrorTermination:
        case rapidjson::kParseErrorUnspecificSyntaxError:
            return "Expecting value";
    }
    return "Expecting value";
}

// Python keeps the place of the first and the value of the last of equal keys.
void drop_repeated_keys(Value& value) {
    if (value.IsArray()) {
        for (auto& item : value.GetArray()) {
            drop_repeated_keys(item);
        }
        return;
    }
    if (!value.IsObject()) {
        return;
    }
    std::unordered_map<std::string_view, Value*> seen;
    bool repeated = false;
    for (auto& item : value.GetObject()) {
        drop_repeated_keys(item.value);
        const auto [first, is_new] = seen.emplace(text(item.name), &item.value);
        if (!is_new) {
            first->second->Swap(item.value);
            item.name.SetNull();  // marks it for removal
            repeated = true;
        }
    }
    for (auto it = value.MemberBegin(); repeated && it != value.MemberEnd();) {
        it = it->name.IsNull() ? value.EraseMember(it) : it + 1;
    }
}

std::string python_repr(const Value& value);

std::string python_number(const Value& value) {
    // Python prints 1.0 and 1e+20 as RapidJSON does for all but exponents; good enough for a text.
    return to_text(value);
}

std::string python_container(const Value& value) {
    std::string out;
    if (value.IsArray()) {
        for (const auto& item : value.GetArray()) {
            out += (out.empty() ? "" : ", ") + python_repr(item);
        }
        return "[" + out + "]";
    }
    for (const auto& item : value.GetObject()) {
        out += (out.empty() ? "" : ", ") + embedded::python_repr(text(item.name)) + ": " +
               python_repr(item.value);
    }
    return "{" + out + "}";
}

std::string python_repr(const Value& value) {
    return value.IsString() ? embedded::python_repr(text(value)) : python_str(value);
}

}  // namespace

boost::system::result<Document, ParseError> parse(std::string_view text) {
    if (const auto at = too_deep_at(text); at != std::string_view::npos) {
        return ParseError{characters(text.substr(0, at)), "Nesting is too deep"};
    }
    Document document;
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                   rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
    if (document.HasParseError()) {
        const auto offset = std::min(document.GetErrorOffset(), text.size());
        return ParseError{characters(text.substr(0, offset)),
                          python_message(document.GetParseError())};
    }
    drop_repeated_keys(document);
    return document;
}

const Value* member(const Value& object, std::string_view name) {
    const auto found = object.FindMember(
        Value(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))));
    return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string to_text(const Value& value) {
    Buffer buffer;
    Writer writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

std::string quoted(std::string_view text) {
    Buffer buffer;
    Writer writer(buffer);
    write(writer, text);
    return {buffer.GetString(), buffer.GetSize()};
}

std::string_view python_type(const Value& value) {
    switch (value.GetType()) {
        case rapidjson::kNullType:
            return "NoneType";
        case rapidjson::kFalseType:
        case rapidjson::kTrueType:
            return "bool";
        case rapidjson::kObjectType:
            return "dict";
        case rapidjson::kArrayType:
            return "list";
        case rapidjson::kStringType:
            return "str";
        case rapidjson::kNumberType:
            return value.IsDouble() ? "float" : "int";
    }
    return "";
}

std::string python_str(const Value& value) {
    switch (value.GetType()) {
        case rapidjson::kNullType:
            return "None";
        case rapidjson::kFalseType:
            return "False";
        case rapidjson::kTrueType:
            return "True";
        case rapidjson::kObjectType:
        case rapidjson::kArrayType:
            return python_container(value);
        case rapidjson::kStringType:
            return std::string(text(value));
        case rapidjson::kNumberType:
            return python_number(value);
    }
    return "";
}

void write(Writer& writer, std::string_view text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void key(Writer& writer, std::string_view text) {
    writer.Key(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write_raw(Writer& writer, std::string_view json) {
    writer.RawValue(json.data(), json.size(), rapidjson::kObjectType);
}

}  // namespace exo::embedded::json
