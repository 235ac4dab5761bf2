// JSON in and out of the embedded state manager: bounded parsing with Python's error texts, and
// values as Python prints them. Only .cpp files of embedded/ include this. Any thread.
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

namespace exo::embedded::json {

using Value = rapidjson::Value;
using Document = rapidjson::Document;
using Buffer = rapidjson::StringBuffer;
using Writer = rapidjson::Writer<Buffer>;

// Deeper nesting is refused: reading and writing values recurse.
constexpr int deepest = 200;

struct ParseError {
    std::size_t position = 0;  // in characters, as Python counts
    std::string message;       // "Expecting value"
};

// UTF-8 is checked; NaN and Infinity are refused; of equal keys the last one wins.
boost::system::result<Document, ParseError> parse(std::string_view text);

inline std::string_view text(const Value& value) {
    return {value.GetString(), value.GetStringLength()};
}

// Null if there is no such member.
const Value* member(const Value& object, std::string_view name);

std::string to_text(const Value& value);           // compact
std::string quoted(std::string_view text);         // one JSON string
std::string_view python_type(const Value& value);  // "str", "NoneType", "dict", ...
std::string python_str(const Value& value);        // str(): nested values as repr()

void write(Writer& writer, std::string_view text);
void key(Writer& writer, std::string_view text);
void write_raw(Writer& writer, std::string_view json);  // JSON of our own making
template <class T>
void field(Writer& writer, std::string_view name, const T& value) {
    key(writer, name);
    if constexpr (std::is_same_v<T, bool>) {
        writer.Bool(value);
    } else if constexpr (std::is_integral_v<T>) {
        writer.Int64(static_cast<std::int64_t>(value));
    } else {
        write(writer, value);
    }
}

}  // namespace exo::embedded::json
