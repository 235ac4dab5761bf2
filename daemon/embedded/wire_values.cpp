#include "embedded/wire_values.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <ctime>
#include <stdexcept>

namespace exo::embedded {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

const auto* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

ObjectIds::ObjectIds() : process_(random_bytes(5)) {
    const auto start = random_bytes(3);
    counter_ = (static_cast<std::uint32_t>(as_bytes(start)[0]) << 16) |
               (static_cast<std::uint32_t>(as_bytes(start)[1]) << 8) | as_bytes(start)[2];
}

std::string ObjectIds::next(std::int64_t now_ms) {
    const auto seconds = static_cast<std::uint32_t>(now_ms / 1000);
    counter_ = (counter_ + 1) & 0xffffffU;
    std::string id;
    for (int shift = 24; shift >= 0; shift -= 8) {
        id += static_cast<char>((seconds >> shift) & 0xff);
    }
    id += process_;
    for (int shift = 16; shift >= 0; shift -= 8) {
        id += static_cast<char>((counter_ >> shift) & 0xff);
    }
    return id;
}

std::string to_hex(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4];
        out += digits[byte & 0xf];
    }
    return out;
}

std::optional<std::string> parse_object_id(std::string_view text) {
    if (text.size() != 24) {
        return std::nullopt;
    }
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        bytes += static_cast<char>(high << 4 | low);
    }
    return bytes;
}

std::string new_uuid4() {
    auto bytes = random_bytes(16);
    bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0fU) | 0x40U);
    bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3fU) | 0x80U);
    auto text = to_hex(bytes);
    for (const std::size_t at : {8U, 13U, 18U, 23U}) {
        text.insert(at, 1, '-');
    }
    return text;
}

bool is_uuid(std::string_view text) {
    std::string digits(text);
    for (const std::string_view word : {"urn:", "uuid:"}) {
        if (const auto at = digits.find(word); at != std::string::npos) {
            digits.erase(at, word.size());
        }
    }
    const auto braced = [](char c) { return c == '{' || c == '}'; };
    while (!digits.empty() && braced(digits.front())) {
        digits.erase(0, 1);
    }
    while (!digits.empty() && braced(digits.back())) {
        digits.pop_back();
    }
    digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
    return digits.size() == 32 &&
           std::all_of(digits.begin(), digits.end(), [](char c) { return hex_value(c) >= 0; });
}

std::string wire_time(std::int64_t unix_micros) {
    const std::time_t seconds = unix_micros / 1'000'000;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[40];
    auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    if (const auto fraction = static_cast<int>(unix_micros % 1'000'000); fraction != 0) {
        size += static_cast<std::size_t>(
            std::snprintf(text + size, sizeof text - size, ".%06d", fraction));
    }
    return {text, size};
}

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
        throw std::runtime_error("the system's random source failed");
    }
    return bytes;
}

std::string base64url_encode(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), as_bytes(bytes),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

std::optional<std::string> base64url_decode(std::string_view text) {
    if (text.size() % 4 != 0 || text.find_first_of("+/ \n") != std::string_view::npos) {
        return std::nullopt;
    }
    std::string standard(text);
    std::replace(standard.begin(), standard.end(), '-', '+');
    std::replace(standard.begin(), standard.end(), '_', '/');
    std::string bytes(standard.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     as_bytes(standard), static_cast<int>(standard.size()));
    if (size < 0) {
        return std::nullopt;
    }
    const auto padding = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));
    if (padding > 2) {
        return std::nullopt;
    }
    bytes.resize(static_cast<std::size_t>(size) - padding);
    // One form only for the same bytes: no stray bits, no padding in the middle.
    return base64url_encode(bytes) == text ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace exo::embedded
