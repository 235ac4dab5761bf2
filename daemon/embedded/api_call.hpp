// What the endpoints of Api share. Only api*.cpp include this.
#pragma once

#include <string>
#include <vector>

#include "embedded/api.hpp"
#include "embedded/bodies.hpp"

namespace exo::embedded {

struct Api::Call {
    std::vector<std::string> path;  // the values of the pattern's holes
    const json::Value* body;        // checked; null if the endpoint takes none

    const std::string& namespace_name() const { return path[0]; }
    const json::Value& field(std::string_view name) const { return *json::member(*body, name); }
    std::string text(std::string_view name) const { return std::string(json::text(field(name))); }
};

// Builds one JSON object.
class ObjectWriter {
  public:
    ObjectWriter() : writer_(buffer_) { writer_.StartObject(); }
    template <class T>
    ObjectWriter& field(std::string_view name, const T& value) {
        json::field(writer_, name, value);
        return *this;
    }
    ObjectWriter& field(std::string_view name, const char* value) {
        json::field(writer_, name, std::string_view(value));
        return *this;
    }
    ObjectWriter& raw(std::string_view name, std::string_view json_text) {
        json::key(writer_, name);
        json::write_raw(writer_, json_text);
        return *this;
    }
    json::Writer& writer() { return writer_; }
    std::string finish() {
        writer_.EndObject();
        return {buffer_.GetString(), buffer_.GetSize()};
    }

  private:
    json::Buffer buffer_;
    json::Writer writer_;
};

// Calls write(item) for each, inside "name":[...].
template <class Items, class Write>
void write_list(ObjectWriter& object, std::string_view name, const Items& items, Write write) {
    json::key(object.writer(), name);
    object.writer().StartArray();
    for (const auto& item : items) {
        write(object.writer(), item);
    }
    object.writer().EndArray();
}

}  // namespace exo::embedded
