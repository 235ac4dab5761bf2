// Dependent strings: literal text with `${{ IDENTIFIER.outputs.FIELD }}` and `${{ store.KEY }}`.
// Parsed once, resolved per state; errors carry upstream's texts. Pure; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace exo::embedded {

struct Reference {
    std::string identifier;  // "store", or the node whose output is meant
    std::string field;       // the store key, or the output's name
    bool is_store() const { return identifier == "store"; }
    friend bool operator==(const Reference&, const Reference&) = default;
};

// What a reference stands for. Only strings can be put into text; anything else is an error that
// names the type, as Python's `+` would.
struct ReferenceValue {
    std::string text;
    std::string python_type = "str";  // "NoneType", "int", "float", "bool", "list", "dict"
};

struct DependentString {
    struct Part {
        Reference reference;
        std::string tail;  // the literal text up to the next placeholder
    };
    std::string head;
    std::vector<Part> parts;

    // The references without repetition, in order of first appearance.
    std::vector<Reference> references() const;
};

// No escape, no nesting: the first `}}` closes.
base::Result<DependentString> parse_dependent_string(std::string_view text);

// Substituted text is not scanned again. The first error of `lookup` is returned as it is.
using ReferenceLookup = std::function<base::Result<ReferenceValue>(const Reference&)>;
base::Result<std::string> resolve(const DependentString& text, const ReferenceLookup& lookup);

}  // namespace exo::embedded
