#include "plugin/safe_text.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/names.hpp"

namespace exo::plugin {
namespace {

using Range = std::pair<std::size_t, std::size_t>;  // begin, end

std::vector<Range> secret_ranges(std::string_view text, std::span<const std::string> secrets) {
    std::vector<Range> ranges;
    for (const auto& secret : secrets) {
        if (secret.size() < least_secret) continue;
        for (auto at = text.find(secret); at != std::string_view::npos;
             at = text.find(secret, at + 1))
            ranges.emplace_back(at, at + secret.size());
    }
    std::ranges::sort(ranges);
    return ranges;
}

std::string covered(std::string_view text, const std::vector<Range>& ranges) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t i = 0; i < ranges.size();) {
        auto [begin, end] = ranges[i];
        if (begin >= text.size()) break;
        // Overlapping secrets are one cover.
        for (++i; i < ranges.size() && ranges[i].first <= end; ++i)
            end = std::max(end, ranges[i].second);
        out.append(text.substr(at, begin - at)).append("***");
        at = std::min(end, text.size());
    }
    return out.append(text.substr(at));
}

std::string well_formed(std::string text) {
    if (base::is_utf8(text)) return text;
    const std::string_view whole = text;
    std::string out;
    for (std::size_t i = 0; i < whole.size();) {
        std::size_t length = 1;
        while (length <= 4 && !base::is_utf8(whole.substr(i, length))) ++length;
        if (length <= 4) {
            out.append(whole.substr(i, length));
            i += length;
        } else {
            out.append("\xEF\xBF\xBD");
            ++i;
        }
    }
    return out;
}

void cut_to(std::string& text, std::size_t limit) {
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
    text.resize(limit);
}

}  // namespace

std::string safe_text(std::string_view text, std::span<const std::string> secrets,
                      std::size_t limit) {
    constexpr std::string_view mark = " [cut off]";
    std::size_t longest = 0;
    for (const auto& secret : secrets) longest = std::max(longest, secret.size());
    const auto window = text.substr(0, limit);
    // A secret that begins inside the window is found even if it ends outside.
    const auto ranges = secret_ranges(text.substr(0, limit + longest), secrets);
    auto out = well_formed(ranges.empty() ? std::string(window) : covered(window, ranges));
    if (window.size() == text.size() && out.size() <= limit) return out;
    const auto room = limit > mark.size() ? limit - mark.size() : 0;
    if (out.size() > room) cut_to(out, room);
    return out.append(mark);
}

}  // namespace exo::plugin
