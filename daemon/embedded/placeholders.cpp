#include "embedded/placeholders.hpp"

#include <algorithm>

#include "embedded/python_text.hpp"

namespace exo::embedded {

namespace {

std::vector<std::string> split_parts(std::string_view inside) {
    std::vector<std::string> parts;
    std::size_t start = 0;
    while (true) {
        const auto dot = inside.find('.', start);
        parts.emplace_back(trim(inside.substr(start, dot - start)));
        if (dot == std::string_view::npos) {
            return parts;
        }
        start = dot + 1;
    }
}

std::optional<Reference> parse_reference(std::string_view inside) {
    auto parts = split_parts(inside);
    if (parts.size() == 3 && parts[1] == "outputs") {
        return Reference{std::move(parts[0]), std::move(parts[2])};
    }
    if (parts.size() == 2 && parts[0] == "store") {
        return Reference{std::move(parts[0]), std::move(parts[1])};
    }
    return std::nullopt;
}

base::Error refused_value(const DependentString::Part& part, const std::string& type) {
    if (type == "NoneType") {
        return base::fail(
            "Dependent value is not set for: identifier=" + python_repr(part.reference.identifier) +
            " field=" + python_repr(part.reference.field) + " tail=" + python_repr(part.tail) +
            " value=None");
    }
    if (type == "list") {
        return base::fail("can only concatenate list (not \"str\") to list");
    }
    return base::fail("unsupported operand type(s) for +: '" + type + "' and 'str'");
}

}  // namespace

std::vector<Reference> DependentString::references() const {
    std::vector<Reference> found;
    for (const auto& part : parts) {
        if (std::find(found.begin(), found.end(), part.reference) == found.end()) {
            found.push_back(part.reference);
        }
    }
    return found;
}

base::Result<DependentString> parse_dependent_string(std::string_view text) {
    constexpr std::string_view opening = "${{", closing = "}}";
    DependentString parsed;
    auto start = text.find(opening);
    parsed.head = text.substr(0, start);
    while (start != std::string_view::npos) {
        start += opening.size();
        const auto next = text.find(opening, start);
        const auto piece = text.substr(start, next - start);
        const auto close = piece.find(closing);
        const std::string complaint = "Invalid syntax string placeholder ";
        if (close == std::string_view::npos) {
            return base::fail(complaint + std::string(piece) + " for: " + std::string(text) +
                              " '${' not closed");
        }
        auto reference = parse_reference(piece.substr(0, close));
        if (!reference) {
            return base::fail(complaint + std::string(piece.substr(0, close)) +
                              " for: " + std::string(text));
        }
        parsed.parts.push_back(
            {std::move(*reference), std::string(piece.substr(close + closing.size()))});
        start = next;
    }
    return parsed;
}

base::Result<std::string> resolve(const DependentString& text, const ReferenceLookup& lookup) {
    std::string out = text.head;
    for (const auto& part : text.parts) {
        auto value = lookup(part.reference);
        if (!value) {
            return value.error();
        }
        if (value->python_type != "str") {
            return refused_value(part, value->python_type);
        }
        out += value->text;
        out += part.tail;
    }
    return out;
}

}  // namespace exo::embedded
