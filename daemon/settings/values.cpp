#include "settings/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text_table.hpp"

namespace exo::settings {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::array<Unit, 5> time_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 4> size_units{
    {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"B", 1}}};

std::optional<std::uint64_t> parse_number_unit(std::string_view text, auto& units,
                                               std::uint64_t limit) {
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{}) return std::nullopt;
    const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
    for (const auto& known : units) {
        if (known.name != unit) continue;
        if (number > limit / known.factor) return std::nullopt;
        return number * known.factor;
    }
    return std::nullopt;
}

std::string format_number_unit(std::uint64_t value, auto& units) {
    for (const auto& unit : units) {
        if (value >= unit.factor && value % unit.factor == 0) {
            return std::to_string(value / unit.factor).append(unit.name);
        }
    }
    return "";
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_port(std::string_view text) {
    unsigned port = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, port);
    return error == std::errc{} && rest == end && port <= 65'535;
}

std::string quoted(std::string_view text) {
    return "\"" + base::truncated(base::printable(text), 80) + "\"";
}

bool has_blank_or_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) == 0x7f;
    });
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    constexpr std::uint64_t century = 36'525ULL * 86'400'000ULL;
    const auto ms = parse_number_unit(text, time_units, century);
    if (!ms) return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(*ms));
}

std::string format_duration(std::chrono::milliseconds duration) {
    const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, duration.count()));
    return ms == 0 ? "0s" : format_number_unit(ms, time_units);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    return parse_number_unit(text, size_units, (1ULL << 60) - 1);
}

std::string format_size(std::uint64_t bytes) {
    return bytes == 0 ? "0B" : format_number_unit(bytes, size_units);
}

base::Result<> check_uri(std::string_view text) {
    if (text == "embedded") return {};
    std::string_view rest = text;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
    }
    if (rest.size() == text.size()) {
        return base::fail("must be \"embedded\" or begin with http:// or https://");
    }
    const auto authority = rest.substr(0, rest.find('/'));
    if (authority.find('@') != std::string_view::npos) {
        return base::fail("must not hold a user name or password: the API key is enough");
    }
    if (has_blank_or_control(text) || rest.find_first_of("?#") != std::string_view::npos) {
        return base::fail("must be a host, a port and at most a path, without '?', '#' or blanks");
    }
    const auto bracket = authority.rfind(']');
    const auto colon = authority.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    const auto host = has_port ? authority.substr(0, colon) : authority;
    const auto port = has_port ? authority.substr(colon + 1) : "80";
    if (host.empty() || (bracket == std::string_view::npos && host.find(':') != host.npos)) {
        return base::fail(host.empty() ? "names no host, as in http://127.0.0.1:8000"
                                       : "needs brackets around an IPv6 address, as in [::1]:8000");
    }
    if (!is_port(port) || port == "0") return base::fail("has a port that is not in 1..65535");
    return {};
}

base::Result<> check_listen(std::string_view text) {
    const auto refuse = [&] {
        return base::fail(
            "must be ADDRESS:PORT such as \"127.0.0.1:8000\" or \"[::1]:8000\", not " +
            quoted(text));
    };
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || has_blank_or_control(text)) return refuse();
    const auto host = text.substr(0, colon);
    const auto port = text.substr(colon + 1);
    if (port.empty() || !std::ranges::all_of(port, is_digit) || !is_port(port)) return refuse();
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (host.empty() || (!bracketed && host.find(':') != std::string_view::npos)) return refuse();
    return {};
}

base::Result<> check_admin_listen(std::string_view text) {
    if (text.empty() || text == "off" || check_listen(text)) return {};
    return base::fail("must be \"off\", \"\" or ADDRESS:PORT such as \"127.0.0.1:9711\", not " +
                      quoted(text));
}

base::Result<> check_key_text(std::string_view text) {
    constexpr std::size_t longest = 4096;
    if (text.size() > longest) return base::fail("is longer than 4096 bytes");
    const bool fits = std::ranges::all_of(text, [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) != 0x7f;
    });
    if (!fits) return base::fail("contains white space or control characters");
    return {};
}

base::Result<> check_sha256(std::string_view text) {
    const bool hex = std::ranges::all_of(text, [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
    if (text.size() == 64 && hex) return {};
    return base::fail("must hold SHA-256 sums of 64 hexadecimal digits, not " + quoted(text));
}

}  // namespace exo::settings
