// Adds up word counts. Pure but for its own state, one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace files {

class WordCounts {
  public:
    // One record: {"total":12,"words":{"the":3,...}[,"chunks":7]}. Throws std::runtime_error, which
    // names the record, if it is not that.
    void add(std::string_view record, std::string_view json);

    // Throws std::runtime_error if the records say how many there must be, and there are not.
    void check_complete() const;

    std::uint64_t total() const { return total_; }
    std::size_t distinct() const { return words_.size(); }
    std::size_t records() const { return records_; }
    // Most frequent first; as often as each other: in the order of the alphabet.
    std::vector<std::pair<std::string, std::uint64_t>> top(std::size_t count) const;

  private:
    std::uint64_t total_ = 0;
    std::uint64_t expected_records_ = 0;  // 0 = not said
    std::size_t records_ = 0;
    std::unordered_map<std::string, std::uint64_t> words_;
};

}  // namespace files
