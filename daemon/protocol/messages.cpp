#include "protocol/messages.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <type_traits>
#include <variant>

#include "base/text_table.hpp"
#include "model/node_schema.hpp"
#include "protocol/json.hpp"

namespace exo::protocol {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(Writer& writer, std::string_view text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

std::string text_of(const rapidjson::StringBuffer& buffer) {
    return {buffer.GetString(), buffer.GetSize()};
}

// "" for a string, otherwise what it is instead.
std::string kind_of(const Json& value) {
    if (value.IsString()) return {};
    if (value.IsNull()) return "null";
    if (value.IsBool()) return "boolean";
    if (value.IsNumber()) return "number";
    return value.IsArray() ? "array" : "object";
}

// RapidJSON lets a lone low surrogate pass, as bytes that are not UTF-8.
bool is_broken(std::string_view text) {
    return text.find(broken_unicode) != std::string_view::npos || !model::is_utf8(text);
}

std::string string_of(const Json* value) {
    return value != nullptr && value->IsString() ? std::string(view(*value)) : std::string();
}

// Empty: `state` is filled and can be used.
std::string why_unusable(const Json& json, model::ClaimedState& state) {
    state.node_name = string_of(find_member(json, "node_name"));
    state.identifier = string_of(find_member(json, "identifier"));
    state.created_at = string_of(find_member(json, "created_at"));
    const auto* claim = find_member(json, "claim");
    if (claim != nullptr && claim->IsUint64()) state.claim = claim->GetUint64();
    if (state.node_name.empty()) return "the state manager gave it no node_name";
    const auto* inputs = find_member(json, "inputs");
    if (inputs == nullptr || !inputs->IsObject()) {
        return "the state manager gave it no inputs object";
    }
    bool broken = is_broken(state.node_name) || is_broken(state.identifier);
    std::size_t bytes = 0;
    state.inputs.reserve(inputs->MemberCount());
    for (const auto& member : inputs->GetObject()) {
        model::Input input;
        input.name = view(member.name);
        input.kind = kind_of(member.value);
        if (input.kind.empty()) input.value = view(member.value);
        bytes += input.name.size() + input.value.size();
        broken = broken || is_broken(input.name) || is_broken(input.value);
        if (bytes > max_inputs_bytes) {
            return "its inputs are larger than " + std::to_string(max_inputs_bytes) + " bytes";
        }
        state.inputs.push_back(std::move(input));
    }
    return broken ? "its inputs are not valid Unicode" : "";
}

void write_body(Writer& writer, const model::Executed& executed) {
    writer.Key("outputs");
    writer.StartArray();
    for (const auto& outputs : executed.outputs) {
        writer.StartObject();
        for (const auto& [name, value] : outputs) {
            writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
            write(writer, value);
        }
        writer.EndObject();
    }
    writer.EndArray();
}

void write_body(Writer& writer, const model::Errored& errored) {
    writer.Key("error");
    // An error may quote anything; a server would refuse broken UTF-8, and the state would hang.
    write(writer, with_broken_unicode_replaced(errored.error, false, "\xEF\xBF\xBD"));
}

void write_body(Writer& writer, const model::Pruned& pruned) {
    writer.Key("data");
    rapidjson::Document data;
    if (parse_json(pruned.data, data) && data.IsObject()) {
        writer.RawValue(pruned.data.data(), pruned.data.size(), rapidjson::kObjectType);
    } else {
        writer.StartObject();
        writer.EndObject();
    }
}

void write_body(Writer& writer, const model::Requeued& requeued) {
    writer.Key("enqueue_after");
    // Zero is refused by every server, and "at once" is what it means.
    writer.Int64(std::max<std::int64_t>(requeued.after.count(), 1));
}

// "body.nodes: Input should be a valid list"; `input` holds what we sent and is left out.
std::string validation_line(const Json& entry) {
    std::string line;
    const auto* location = find_member(entry, "loc");
    if (location != nullptr && location->IsArray()) {
        for (const auto& part : location->GetArray()) {
            if (!line.empty()) line += '.';
            if (part.IsString()) line += view(part);
            if (part.IsUint64()) line += std::to_string(part.GetUint64());
        }
    }
    const auto message = string_of(find_member(entry, "msg"));
    if (!line.empty() && !message.empty()) line += ": ";
    return line + message;
}

constexpr std::size_t max_readable = 500;  // code points
constexpr rapidjson::SizeType max_lines = 3;

bool has_status(std::string_view body, std::string_view status) {
    rapidjson::Document document;
    return parse_json(body, document) && is_string(find_member(document, "status"), status);
}

}  // namespace

std::string encode_enqueue(std::span<const std::string> nodes, std::size_t batch_size,
                           std::chrono::milliseconds wait) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    writer.Key("nodes");
    writer.StartArray();
    for (const auto& node : nodes) write(writer, node);
    writer.EndArray();
    writer.Key("batch_size");
    writer.Uint64(batch_size);
    if (wait.count() > 0) {
        writer.Key("wait_ms");
        writer.Int64(wait.count());
    }
    writer.EndObject();
    return text_of(buffer);
}

base::Result<EnqueueReply> parse_enqueue(std::string_view body) {
    rapidjson::Document document;
    if (auto parsed = parse_json_leniently(body, document); !parsed) return parsed.error();
    const auto* states = find_member(document, "states");
    if (states == nullptr || !states->IsArray()) {
        return base::fail("no enqueue answer: \"states\" is missing");
    }
    EnqueueReply reply;
    reply.states.reserve(states->Size());
    for (const auto& json : states->GetArray()) {
        auto id = model::StateId::parse(string_of(find_member(json, "state_id")));
        if (!id) {
            ++reply.unidentified;
            continue;
        }
        model::ClaimedState state;
        state.id = *id;
        auto reason = why_unusable(json, state);
        if (reason.empty()) {
            reply.states.push_back(std::move(state));
        } else {
            reply.unusable.emplace_back(std::move(*id), std::move(reason));
        }
    }
    return reply;
}

std::string encode_report(const model::Outcome& outcome) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    std::visit([&writer](const auto& one) { write_body(writer, one); }, outcome);
    writer.EndObject();
    return text_of(buffer);
}

bool accepts_report(const model::Outcome& outcome, std::string_view body) {
    if (std::holds_alternative<model::Executed>(outcome)) return has_status(body, "EXECUTED");
    if (std::holds_alternative<model::Errored>(outcome)) return has_status(body, "ERRORED");
    if (std::holds_alternative<model::Pruned>(outcome)) return has_status(body, "PRUNED");
    return has_status(body, "CREATED");  // re-enqueue-after
}

bool accepts_registration(std::string_view body) {
    rapidjson::Document document;
    if (!parse_json(body, document)) return false;
    const auto* nodes = find_member(document, "registered_nodes");
    return nodes != nullptr && nodes->IsArray();
}

std::string detail_text(std::string_view body) {
    rapidjson::Document document;
    if (!parse_json(body, document)) return {};
    return string_of(find_member(document, "detail"));
}

std::string readable_detail(std::string_view body) {
    rapidjson::Document document;
    if (!parse_json_leniently(body, document)) return {};
    const auto* detail = find_member(document, "detail");
    if (detail == nullptr) return {};
    std::string line = string_of(detail);
    if (detail->IsArray()) {
        for (rapidjson::SizeType i = 0; i < std::min(detail->Size(), max_lines); ++i) {
            if (i > 0) line += "; ";
            line += validation_line((*detail)[i]);
        }
        if (detail->Size() > max_lines) {
            line += "; and " + std::to_string(detail->Size() - max_lines) + " more";
        }
    }
    return base::truncated(base::printable(line), max_readable);
}

}  // namespace exo::protocol
