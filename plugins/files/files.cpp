#include "files.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <stdexcept>

#include "merge.hpp"
#include "place.hpp"
#include "plugin/number.hpp"

namespace files {
namespace {

constexpr std::size_t most_records = 10'000;
constexpr std::uint64_t default_most_bytes = 8ULL << 20U;
constexpr std::uint64_t limit_of_most_bytes = 14ULL << 20U;  // a worker's outcome ends at 15 MiB

Place place_of(const exosphere::Host& host) { return Place(host.config("root")); }

std::size_t most_bytes(const exosphere::Host& host) {
    const auto text = host.config("max_bytes");
    return text ? plugin::parse_number("max_bytes", *text, 1, limit_of_most_bytes)
                : default_most_bytes;
}

void check_record_name(std::string_view name) {
    const bool good = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    });
    if (name.empty() || name.size() > 200 || name.front() == '.' || !good) {
        throw std::invalid_argument(
            "record: a name has 1 to 200 letters, digits, '-', '_' or '.', and no dot first");
    }
}

using Top = std::vector<std::pair<std::string, std::uint64_t>>;

std::string to_json(const Top& top) {
    rapidjson::StringBuffer json;
    rapidjson::Writer writer(json);
    writer.StartArray();
    for (const auto& [word, count] : top) {
        writer.StartObject();
        writer.Key("word");
        writer.String(word.data(), static_cast<rapidjson::SizeType>(word.size()));
        writer.Key("count");
        writer.Uint64(count);
        writer.EndObject();
    }
    writer.EndArray();
    return {json.GetString(), json.GetSize()};
}

std::string to_table(const Top& top) {
    std::string table;
    const std::size_t width = top.empty() ? 0 : std::to_string(top.front().second).size();
    for (const auto& [word, count] : top) {
        const std::string digits = std::to_string(count);
        table += std::string(width - digits.size(), ' ') + digits + " " + word + "\n";
    }
    return table;
}

}  // namespace

ReadFile::Outputs ReadFile::execute(const Inputs& in, exosphere::Context& ctx) {
    std::string text = place_of(ctx).read(in.path, most_bytes(ctx));
    std::string size = std::to_string(text.size());
    return {std::move(text), std::move(size), std::string(ctx.state_id())};
}

WriteRecord::Outputs WriteRecord::execute(const Inputs& in, exosphere::Context& ctx) {
    const std::string record = in.record.empty() ? std::string(ctx.state_id()) : in.record;
    check_record_name(record);
    write_file(place_of(ctx).open_directory(in.directory, true), record, in.text);
    return {record};
}

MergeCounts::Outputs MergeCounts::execute(const Inputs& in, exosphere::Context& ctx) {
    const std::size_t count = plugin::parse_number("top", in.top, 1, 1000);
    const Fd directory = place_of(ctx).open_directory(in.directory, false);
    WordCounts counts;
    for (const std::string& name : list_directory(directory, most_records)) {
        ctx.throw_if_cancelled();
        // No link is followed, root or not: WriteRecord makes none.
        counts.add(name, read_file(directory, name, most_bytes(ctx), Links::refuse));
    }
    counts.check_complete();
    const Top top = counts.top(count);
    return {std::to_string(counts.total()), std::to_string(counts.distinct()),
            std::to_string(counts.records()), to_json(top), to_table(top)};
}

void CheckConfig::init(exosphere::Host& host) {
    for (const auto& [key, value] : host.config()) {
        if (key != "root" && key != "max_bytes") {
            throw std::invalid_argument("[plugins.files] has no key \"" + std::string(key) +
                                        "\"; known are root and max_bytes");
        }
    }
    static_cast<void>(place_of(host));
    static_cast<void>(most_bytes(host));
}

}  // namespace files
