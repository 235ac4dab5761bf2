#include "merge.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <stdexcept>

namespace files {
namespace {

[[noreturn]] void refuse(std::string_view record, std::string_view why) {
    throw std::runtime_error("record " + std::string(record) + ": " + std::string(why));
}

std::uint64_t number_of(const rapidjson::Value& object, const char* key, std::string_view record) {
    const auto member = object.FindMember(key);
    if (member == object.MemberEnd() || !member->value.IsUint64()) {
        refuse(record, std::string("\"") + key + "\" is not a number");
    }
    return member->value.GetUint64();
}

}  // namespace

void WordCounts::add(std::string_view record, std::string_view json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
        json.data(), json.size());
    if (document.HasParseError()) {
        refuse(record, rapidjson::GetParseError_En(document.GetParseError()));
    }
    if (!document.IsObject()) refuse(record, "is not a JSON object");
    const std::uint64_t total = number_of(document, "total", record);
    if (document.HasMember("chunks")) {
        const std::uint64_t chunks = number_of(document, "chunks", record);
        if (expected_records_ != 0 && chunks != expected_records_) {
            refuse(record, "belongs to another run: its number of chunks differs");
        }
        expected_records_ = chunks;
    }
    const auto words = document.FindMember("words");
    if (words == document.MemberEnd() || !words->value.IsObject()) {
        refuse(record, "\"words\" is not an object");
    }
    for (const auto& word : words->value.GetObject()) {
        if (!word.value.IsUint64()) refuse(record, "a word's count is not a number");
        words_[{word.name.GetString(), word.name.GetStringLength()}] += word.value.GetUint64();
    }
    total_ += total;
    ++records_;
}

void WordCounts::check_complete() const {
    if (expected_records_ == 0 || expected_records_ == records_) return;
    throw std::runtime_error("there are " + std::to_string(records_) + " records, not " +
                             std::to_string(expected_records_));
}

std::vector<std::pair<std::string, std::uint64_t>> WordCounts::top(std::size_t count) const {
    std::vector<std::pair<std::string, std::uint64_t>> sorted(words_.begin(), words_.end());
    const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(count, sorted.size()));
    std::partial_sort(sorted.begin(), end, sorted.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    sorted.erase(end, sorted.end());
    return sorted;
}

}  // namespace files
