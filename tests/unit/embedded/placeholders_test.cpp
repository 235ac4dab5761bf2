#include "embedded/placeholders.hpp"

#include <catch2/catch.hpp>
#include <map>

using namespace exo;
using namespace exo::embedded;

namespace {

base::Result<std::string> filled(const std::string& text,
                                 const std::map<std::string, ReferenceValue>& values) {
    auto parsed = parse_dependent_string(text);
    if (!parsed) {
        return parsed.error();
    }
    return resolve(*parsed, [&](const Reference& reference) -> base::Result<ReferenceValue> {
        const auto found = values.find(reference.identifier + "/" + reference.field);
        if (found == values.end()) {
            return base::fail("no " + reference.identifier + "/" + reference.field);
        }
        return found->second;
    });
}

}  // namespace

TEST_CASE("dependent strings substitute outputs and store keys once, and nothing else") {
    const std::map<std::string, ReferenceValue> values{{"root/x", {"1"}},
                                                       {"store/k", {"K"}},
                                                       {"root/in ner", {"i"}},
                                                       {"root/y", {"${{ store.k }}"}}};
    struct Row {
        std::string text, result;
    };
    const std::vector<Row> rows{
        {"", ""},
        {"plain }} $ {{ text", "plain }} $ {{ text"},
        {"${{ root.outputs.x }}", "1"},
        {"${{root.outputs.x}}", "1"},
        {"a${{ root . outputs\t.\n x }}b${{store.k}}c", "a1bKc"},
        {"${{ store.k }}}} ${{ store.k }}", "K}} K"},
        {"${{ root.outputs.in ner }}", "i"},
        {"${{ store.outputs.k }}", "K"},
        {"${{ root.outputs.y }}", "${{ store.k }}"},  // substituted text is not scanned again
    };
    for (const auto& row : rows) {
        INFO(row.text);
        const auto result = filled(row.text, values);
        REQUIRE(result.has_value());
        CHECK(*result == row.result);
    }
}

TEST_CASE("malformed placeholders are named with upstream's words") {
    struct Row {
        std::string text, error;
    };
    const std::vector<Row> rows{
        {"${{ root.outputs.x",
         "Invalid syntax string placeholder  root.outputs.x for: ${{ root.outputs.x '${' not "
         "closed"},
        {"${{", "Invalid syntax string placeholder  for: ${{ '${' not closed"},
        {"${{ root.output.x }}",
         "Invalid syntax string placeholder  root.output.x  for: ${{ root.output.x }}"},
        {"${{ root.outputs.x.y }}",
         "Invalid syntax string placeholder  root.outputs.x.y  for: ${{ root.outputs.x.y }}"},
        {"${{ Store.k }}", "Invalid syntax string placeholder  Store.k  for: ${{ Store.k }}"},
        {"${{}}", "Invalid syntax string placeholder  for: ${{}}"},
        {"${{ ${{ store.k }} }}",
         "Invalid syntax string placeholder   for: ${{ ${{ store.k }} }} '${' not closed"},
    };
    for (const auto& row : rows) {
        const auto result = parse_dependent_string(row.text);
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().message == row.error);
    }
}

TEST_CASE("an output that is no string is an error that names its type, as in Python") {
    struct Row {
        std::string type, error;
    };
    const std::vector<Row> rows{
        {"int", "unsupported operand type(s) for +: 'int' and 'str'"},
        {"bool", "unsupported operand type(s) for +: 'bool' and 'str'"},
        {"list", "can only concatenate list (not \"str\") to list"},
        {"NoneType",
         "Dependent value is not set for: identifier='root' field='x' tail='' value=None"},
    };
    for (const auto& row : rows) {
        const auto result = filled("${{ root.outputs.x }}", {{"root/x", {"", row.type}}});
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().message == row.error);
    }
}

TEST_CASE("references are given once each, in order of appearance") {
    const auto parsed = parse_dependent_string(
        "${{ b.outputs.x }}${{ store.k }}${{ b.outputs.x }}${{ a.outputs.x }}");
    CHECK(parsed.value().references() ==
          std::vector<Reference>{{"b", "x"}, {"store", "k"}, {"a", "x"}});
}
