// Ids, times and other small values in the form the wire shows them. Pure but for the random
// source of new ids; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exo::embedded {

// 24 lower-hex characters of 12 bytes: 4 of time, 5 random per process, 3 of a counter.
class ObjectIds {
  public:
    ObjectIds();
    std::string next(std::int64_t now_ms);  // 12 raw bytes

  private:
    std::string process_;
    std::uint32_t counter_;
};

std::string to_hex(std::string_view bytes);
// 12 bytes of 24 hex characters in any case; none for anything else.
std::optional<std::string> parse_object_id(std::string_view text);

std::string new_uuid4();
// What Python's uuid.UUID() accepts: 32 hex digits, with hyphens, braces or urn:uuid: around.
bool is_uuid(std::string_view text);

// "2026-11-23T18:10:27.422000": UTC without a zone; the fraction is left out when it is 0.
std::string wire_time(std::int64_t unix_micros);
inline std::string wire_time_ms(std::int64_t unix_ms) { return wire_time(unix_ms * 1000); }

// `count` bytes of the system's secure random source.
std::string random_bytes(std::size_t count);
// url-safe, padded.
std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace exo::embedded
