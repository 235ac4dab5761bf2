#include "base/text_table.hpp"

#include <algorithm>
#include <array>

#include "base/names.hpp"

namespace exo::base {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Bytes of the well-formed sequence at the front of `text`; 0 if it is broken.
std::size_t front_length(std::string_view text) {
    for (std::size_t n = 1; n <= std::min<std::size_t>(4, text.size()); ++n) {
        if (is_utf8(text.substr(0, n))) return n;
    }
    return 0;
}

bool is_control(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return first < 0x20 || first == 0x7f;
    const auto second = static_cast<unsigned char>(sequence[1]);
    return sequence.size() == 2 && first == 0xC2 && second < 0xA0;  // C1: some terminals obey it
}

std::string_view code_of(Style style) {
    switch (style) {
        case Style::plain:
            return "";
        case Style::bold:
            return "\x1b[1m";
        case Style::dim:
            return "\x1b[2m";
        case Style::good:
            return "\x1b[32m";
        case Style::busy:
            return "\x1b[33m";
        case Style::bad:
            return "\x1b[31m";
    }
    return "";
}

}  // namespace

std::string styled(std::string_view text, Style style, bool colour) {
    if (!colour || style == Style::plain) return std::string(text);
    return std::string(code_of(style)).append(text).append("\x1b[0m");
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto length = front_length(text);
        if (length == 0) {
            out += "\xef\xbf\xbd";
            text.remove_prefix(1);
            continue;
        }
        const auto sequence = text.substr(0, length);
        if (is_control(sequence)) {
            out += ' ';
        } else {
            out += sequence;
        }
        text.remove_prefix(length);
    }
    return out;
}

std::size_t display_width(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

std::string truncated(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) return std::string(text);
    if (width == 0) return "";
    std::size_t end = 0;
    for (std::size_t seen = 0; end < text.size(); ++end) {
        if (!continues(text[end]) && ++seen == width) break;
    }
    return std::string(text.substr(0, end)) + "…";
}

std::string TextTable::text(bool colour, std::string_view indent) const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], display_width(row[i].text));
        }
    }
    std::string out;
    for (const auto& row : rows_) {
        std::string line(indent);
        std::size_t pending = 0;  // spaces owed: written only before more text
        for (std::size_t i = 0; i < row.size(); ++i) {
            const auto padding = widths[i] - display_width(row[i].text);
            if (row[i].right) pending += padding;
            if (!row[i].text.empty()) {
                line.append(pending, ' ');
                pending = 0;
                line += styled(row[i].text, row[i].style, colour);
            }
            pending += (row[i].right ? 0 : padding) + 2;
        }
        out += line + "\n";
    }
    return out;
}

}  // namespace exo::base
