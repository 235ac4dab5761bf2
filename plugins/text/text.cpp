#include "text.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "plugin/number.hpp"
#include "words.hpp"

namespace text {
namespace {

constexpr std::size_t most_chunks = 10'000;
constexpr std::size_t words_between_looks = 10'000;

}  // namespace

Uppercase::Outputs Uppercase::execute(const Inputs& in, exosphere::Context& ctx) {
    const std::size_t batch =
        plugin::parse_number("batch_size", in.batch_size, 1, 1'000'000) * 1024;
    std::string text = in.text;
    for (std::size_t begin = 0; begin < text.size(); begin += batch) {
        ctx.throw_if_cancelled();
        const std::size_t end = std::min(text.size(), begin + batch);
        for (std::size_t i = begin; i < end; ++i) {
            if (text[i] >= 'a' && text[i] <= 'z') text[i] = static_cast<char>(text[i] - 'a' + 'A');
        }
    }
    return {std::move(text)};
}

std::vector<SplitText::Outputs> SplitText::execute(const Inputs& in) {
    const std::size_t words =
        plugin::parse_number("words_per_chunk", in.words_per_chunk, 1, 1'000'000);
    std::vector<Outputs> chunks;
    // A text without words is one chunk as well: what follows runs in any case.
    std::string_view rest = in.text;
    do {
        const char* const begin = rest.data();
        for (std::size_t i = 0; i < words && !rest.empty(); ++i) take_word(rest);
        if (chunks.size() == most_chunks) {
            throw std::runtime_error("the text makes more than " + std::to_string(most_chunks) +
                                     " chunks; raise words_per_chunk");
        }
        chunks.push_back({std::string(begin, rest.data()), std::to_string(chunks.size()), {}});
    } while (!rest.empty());
    for (Outputs& chunk : chunks) chunk.chunks = std::to_string(chunks.size());
    return chunks;
}

CountWords::Outputs CountWords::execute(const Inputs& in, exosphere::Context& ctx) {
    std::size_t total = 0;
    std::map<std::string, std::size_t> counts;
    std::string_view rest = in.text;
    for (std::string_view word = take_word(rest); !word.empty(); word = take_word(rest)) {
        if (++total % words_between_looks == 0) ctx.throw_if_cancelled();
        if (std::string key = normalise(word); !key.empty()) ++counts[std::move(key)];
    }
    rapidjson::StringBuffer json;
    rapidjson::Writer writer(json);
    writer.StartObject();
    for (const auto& [word, count] : counts) {
        writer.Key(word.data(), static_cast<rapidjson::SizeType>(word.size()));
        writer.Uint64(count);
    }
    writer.EndObject();
    return {std::to_string(total), {json.GetString(), json.GetSize()}};
}

}  // namespace text
