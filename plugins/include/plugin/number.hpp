// Inputs are strings; a number in one is read here, with bounds and a message that names the input.
// Pure, any thread.
#pragma once

#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace plugin {

// Throws std::invalid_argument: "batch_size: \"x\" is not a number from 1 to 100".
inline std::uint64_t parse_number(std::string_view what, std::string_view text, std::uint64_t least,
                                  std::uint64_t most) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
        throw std::invalid_argument(std::string(what) + ": \"" + std::string(text.substr(0, 40)) +
                                    "\" is not a number from " + std::to_string(least) + " to " +
                                    std::to_string(most));
    }
    return value;
}

}  // namespace plugin
