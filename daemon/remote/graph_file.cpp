#include "remote/graph_file.hpp"

#include "remote/json.hpp"

namespace exo::remote {
namespace {

using Allocator = rapidjson::Document::AllocatorType;

Json string_of(const std::string& text, Allocator& allocator) {
    return Json(text.data(), static_cast<rapidjson::SizeType>(text.size()), allocator);
}

void set_member(Json& object, const std::string& name, const std::string& value,
                Allocator& allocator) {
    const auto found = object.FindMember(name.c_str());
    if (found != object.MemberEnd()) {
        found->value = string_of(value, allocator);
    } else {
        object.AddMember(string_of(name, allocator), string_of(value, allocator), allocator);
    }
}

}  // namespace

std::string graph_name_of(std::string_view path) {
    if (const auto slash = path.rfind('/'); slash != std::string_view::npos) {
        path.remove_prefix(slash + 1);
    }
    constexpr std::string_view suffix = ".json";
    if (path.ends_with(suffix) && path.size() > suffix.size()) path.remove_suffix(suffix.size());
    return std::string(path);
}

base::Result<std::string> graph_body(const std::string& file, std::string_view text,
                                     const KeyValues& secrets, const std::string& namespace_name) {
    rapidjson::Document document;
    if (auto parsed = parse_json(text, document); !parsed) {
        return base::fail(file + ": not valid JSON: " + parsed.error().message);
    }
    if (!document.IsObject()) return base::fail(file + ": must be a JSON object with \"nodes\"");
    auto& allocator = document.GetAllocator();
    const auto nodes = document.FindMember("nodes");
    if (nodes == document.MemberEnd() || !nodes->value.IsArray()) {
        return base::fail(file + ": \"nodes\" must be a list");
    }
    std::size_t index = 0;
    for (auto& node : nodes->value.GetArray()) {
        if (!node.IsObject()) {
            return base::fail(file + ": nodes[" + std::to_string(index) + "] must be an object");
        }
        if (!node.HasMember("namespace")) {
            set_member(node, "namespace", namespace_name, allocator);
        }
        ++index;
    }
    if (!document.HasMember("secrets")) {
        document.AddMember("secrets", Json(rapidjson::kObjectType), allocator);
    }
    auto& kept = document["secrets"];
    if (!kept.IsObject()) return base::fail(file + ": \"secrets\" must be an object");
    for (const auto& [name, value] : secrets) set_member(kept, name, value, allocator);
    return to_json_text(document);
}

}  // namespace exo::remote
