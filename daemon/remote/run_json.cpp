#include "remote/run_json.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

namespace exo::remote {
namespace {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

void text(Writer& writer, const std::string& value) {
    writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void member(Writer& writer, const char* name, const std::string& value) {
    writer.Key(name);
    text(writer, value);
}

void member(Writer& writer, const char* name, std::size_t value) {
    writer.Key(name);
    writer.Uint64(value);
}

void write_identifiers(Writer& writer, const RunView& view) {
    writer.Key("identifiers");
    writer.StartArray();
    for (const auto& row : view.identifiers) {
        writer.StartObject();
        member(writer, "identifier", row.identifier);
        member(writer, "node_name", row.node_name);
        writer.Key("states");
        writer.StartObject();
        for (const auto& [status, count] : row.counts) member(writer, status.c_str(), count);
        writer.EndObject();
        writer.EndObject();
    }
    writer.EndArray();
}

void write_errors(Writer& writer, const RunView& view) {
    writer.Key("errors");
    writer.StartArray();
    for (const auto& error : view.errors) {
        writer.StartObject();
        member(writer, "identifier", error.identifier);
        member(writer, "status", error.status);
        member(writer, "error", error.text);
        member(writer, "states", error.count);
        member(writer, "first_state_id", error.first_state);
        writer.EndObject();
    }
    writer.EndArray();
}

void write_outputs(Writer& writer, const RunOutputs& outputs) {
    writer.Key("outputs");
    writer.StartArray();
    for (const auto& end : outputs.states) {
        writer.StartObject();
        member(writer, "identifier", end.state.identifier);
        member(writer, "state_id", end.state.id);
        writer.Key("outputs");
        writer.StartObject();
        for (const auto& [name, value] : end.outputs) member(writer, name.c_str(), value);
        writer.EndObject();
        writer.EndObject();
    }
    writer.EndArray();
    member(writer, "outputs_omitted", outputs.omitted);
}

}  // namespace

std::string run_json(const RunView& view, const RunOutputs* outputs) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.SetIndent(' ', 2);
    writer.StartObject();
    member(writer, "run_id", view.run_id);
    member(writer, "graph_name", view.graph_name);
    member(writer, "status", std::string(to_string(view.status)));
    writer.Key("states");
    writer.StartObject();
    member(writer, "total", view.total);
    member(writer, "pending", view.count(StatusGroup::pending));
    member(writer, "success", view.count(StatusGroup::success));
    member(writer, "retried", view.count(StatusGroup::retried));
    member(writer, "errored", view.count(StatusGroup::errored));
    writer.EndObject();
    write_identifiers(writer, view);
    write_errors(writer, view);
    if (outputs != nullptr) write_outputs(writer, *outputs);
    writer.EndObject();
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace exo::remote
