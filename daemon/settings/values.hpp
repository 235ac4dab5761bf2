// Durations, sizes, addresses as people write them in the configuration. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace exo::settings {

// One whole number and one unit: "500ms", "30s", "5m", "1h", "30d". None if it is anything else or
// longer than 100 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
std::string format_duration(std::chrono::milliseconds duration);  // the largest unit that divides

// "1024B", "64KiB", "512MiB", "2GiB". None if it is anything else or 1 EiB and more.
std::optional<std::uint64_t> parse_size(std::string_view text);
std::string format_size(std::uint64_t bytes);

// Each error completes a sentence that begins with the key: "must be ...". The text itself is not
// repeated where it could hold a password.
base::Result<> check_uri(std::string_view text);           // http://, https:// or "embedded"
base::Result<> check_listen(std::string_view text);        // "127.0.0.1:8000", "[::1]:0"
base::Result<> check_admin_listen(std::string_view text);  // also "" and "off"
base::Result<> check_key_text(std::string_view text);      // an API key fit for an HTTP header
base::Result<> check_sha256(std::string_view text);        // 64 hexadecimal digits

}  // namespace exo::settings
