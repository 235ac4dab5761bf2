#include "embedded/unites.hpp"

#include <openssl/evp.h>

#include <array>
#include <map>
#include <stdexcept>

namespace exo::embedded {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

void append_escape(std::string& out, std::uint32_t unit) {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) {
        out += hex_digits[(unit >> shift) & 0xf];
    }
}

// Decodes one code point of valid UTF-8 and moves `at` behind it.
std::uint32_t next_code_point(const std::string& text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    const int more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    std::uint32_t point = more == 0 ? lead : lead & (0x3fU >> more);
    for (int i = 0; i < more && at < text.size(); ++i) {
        point = (point << 6) | (static_cast<unsigned char>(text[at++]) & 0x3fU);
    }
    return point;
}

// json.dumps(text) with ensure_ascii.
std::string ascii_json(const std::string& text) {
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const auto point = next_code_point(text, at);
        if (point == '"' || point == '\\') {
            out += '\\';
            out += static_cast<char>(point);
        } else if (point == '\n') {
            out += "\\n";
        } else if (point == '\r') {
            out += "\\r";
        } else if (point == '\t') {
            out += "\\t";
        } else if (point == '\f') {
            out += "\\f";
        } else if (point == '\b') {
            out += "\\b";
        } else if (point >= 0x20 && point < 0x80) {
            out += static_cast<char>(point);
        } else if (point < 0x10000) {
            append_escape(out, point);
        } else {
            append_escape(out, 0xd800 + ((point - 0x10000) >> 10));
            append_escape(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
        }
    }
    return out + '"';
}

std::string sha256_hex(const std::string& text) {
    std::array<unsigned char, 32> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("SHA-256 failed");
    }
    std::string out;
    for (const auto byte : digest) {
        out += hex_digits[byte >> 4];
        out += hex_digits[byte & 0xf];
    }
    return out;
}

}  // namespace

bool unites_satisfied(UnitesStrategy strategy, const DescendantCounts& counts) {
    switch (strategy) {
        case UnitesStrategy::all_success:
            return counts.pending == 0 && counts.blocking == 0;
        case UnitesStrategy::all_done:
            return counts.pending == 0;
    }
    return false;
}

std::string state_fingerprint(const FingerprintInput& input) {
    std::string parents = "{";
    const std::map<std::string, std::string> sorted(input.parents.begin(), input.parents.end());
    for (const auto& [identifier, id] : sorted) {
        parents += (parents.size() > 1 ? "," : "") + ascii_json(identifier) + ":" + ascii_json(id);
    }
    parents += "}";
    return sha256_hex("{\"graph_name\":" + ascii_json(input.graph_name) +
                      ",\"identifier\":" + ascii_json(input.identifier) +
                      ",\"manual_retry_fanout_id\":" + ascii_json(input.manual_retry_fanout_id) +
                      ",\"namespace_name\":" + ascii_json(input.namespace_name) +
                      ",\"node_name\":" + ascii_json(input.node_name) + ",\"parents\":" + parents +
                      ",\"retry_count\":" + std::to_string(input.retry_count) +
                      ",\"run_id\":" + ascii_json(input.run_id) + "}");
}

}  // namespace exo::embedded
