#include "plugin/json_object.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace exo::plugin {
namespace {

constexpr unsigned deepest = 100;

// Counts depth and insists that the first thing is an object.
struct ObjectHandler : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, ObjectHandler> {
    unsigned depth = 0;

    bool Default() { return depth > 0; }
    bool StartObject() { return ++depth <= deepest; }
    bool StartArray() { return depth > 0 && ++depth <= deepest; }
    bool EndObject(rapidjson::SizeType /*members*/) { return depth-- > 0; }
    bool EndArray(rapidjson::SizeType /*elements*/) { return depth-- > 0; }
};

}  // namespace

bool is_json_object(std::string_view text) {
    // The stream below ends at a NUL byte, which no JSON text contains.
    if (text.empty() || text.find('\0') != std::string_view::npos) return false;
    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::Reader reader;
    ObjectHandler handler;
    constexpr unsigned flags =
        rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    return !reader.Parse<flags>(stream, handler).IsError();
}

}  // namespace exo::plugin
