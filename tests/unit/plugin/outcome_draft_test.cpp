// The small parts: texts, JSON, sizes, handles.
#include <catch2/catch.hpp>

#include "plugin/call.hpp"
#include "plugin/call_table.hpp"
#include "plugin/json_object.hpp"
#include "plugin/outcome_draft.hpp"
#include "plugin/safe_text.hpp"

using namespace exo;
using namespace exo::plugin;

namespace {

std::string safe(std::string_view text, std::vector<std::string> secrets = {},
                 std::size_t limit = most_error_text) {
    return safe_text(text, secrets, limit);
}

exo_str view(std::string_view text) { return {text.data(), text.size()}; }

model::NodeSchema schema_with_outputs(std::size_t count) {
    model::NodeSchema schema;
    schema.name = "N";
    for (std::size_t i = 0; i < count; ++i)
        schema.outputs.push_back({"out" + std::to_string(i), std::nullopt, ""});
    return schema;
}

}  // namespace

TEST_CASE("secrets are covered wherever they stand, overlapping ones as one") {
    CHECK(safe("no secret here", {"hunter2"}) == "no secret here");
    CHECK(safe("hunter2", {"hunter2"}) == "***");
    CHECK(safe("a hunter2 b hunter2", {"hunter2"}) == "a *** b ***");
    CHECK(safe("xabcdefx", {"abcd", "cdef"}) == "x***x");
    CHECK(safe("xabcdefx", {"bcde", "abcdef"}) == "x***x");
    CHECK(safe("aaaaaa", {"aaaa"}) == "***");
    CHECK(safe("abc stays, it is too short", {"abc", ""}) == "abc stays, it is too short");
}

TEST_CASE("a long text is cut, never inside a secret or a character") {
    CHECK(safe(std::string(100, 'x'), {}, 20) == std::string(10, 'x') + " [cut off]");
    const auto cut = safe(std::string(17, 'x') + "hunter2" + std::string(50, 'y'), {"hunter2"}, 20);
    CHECK(cut.find("hun") == std::string::npos);
    CHECK(cut.size() <= 20);
    const auto umlauts = safe("üüüüüüüüüüüüüüüüüüüü", {}, 21);
    CHECK(model::is_utf8(umlauts));
    CHECK(umlauts.size() <= 21);
}

TEST_CASE("broken UTF-8 is mended") {
    CHECK(safe("a\xff"
               "b") ==
          "a\xEF\xBF\xBD"
          "b");
    CHECK(safe("\xc3") == "\xEF\xBF\xBD");
    CHECK(safe("gr\xc3\xbc\xc3\x9f\x65") == "grüße");
    CHECK(model::is_utf8(safe(std::string(200, '\xff'), {}, 100)));
    CHECK(safe(std::string(200, '\xff'), {}, 100).size() <= 100);
}

TEST_CASE("only one JSON object is a JSON object") {
    for (const char* good : {"{}", " {\"a\": [1, 2.5, null, true, {\"b\": \"ü\"}]} \n"})
        CHECK(is_json_object(good));
    for (const char* wrong : {"", " ", "[]", "1", "\"{}\"", "{", "{}}", "{} {}", "{'a': 1}",
                              "{\"a\": \"\xff\"}", "{\"a\": \"\\ud800\"}", "null", "{\"a\":}"})
        CHECK_FALSE(is_json_object(wrong));
    CHECK_FALSE(is_json_object(std::string_view("{}\0{}", 5)));
    const auto nested = [](std::size_t depth) {
        return std::string("{\"a\":") + std::string(depth - 1, '[') + std::string(depth - 1, ']') +
               "}";
    };
    CHECK(is_json_object(nested(100)));
    CHECK_FALSE(is_json_object(nested(101)));
    CHECK_FALSE(is_json_object(nested(1'000'000)));
}

TEST_CASE("outputs are bounded in total, empty rows included") {
    const auto one = schema_with_outputs(1);
    OutcomeDraft draft(one);
    const std::string big(most_outcome_bytes - 100, 'x');
    auto row = view(big);
    CHECK(draft.emit(&row, 1) == EXO_DONE);
    const std::string more(100, 'x');
    row = view(more);
    CHECK(draft.emit(&row, 1) == EXO_E_LIMIT);

    const auto none = schema_with_outputs(0);
    OutcomeDraft rows(none);
    exo_status status = EXO_DONE;
    std::size_t emitted = 0;
    while ((status = rows.emit(nullptr, 0)) == EXO_DONE) ++emitted;
    CHECK(status == EXO_E_LIMIT);
    CHECK(emitted < 1'000'000);
}

TEST_CASE("what the node said and what was refused both stand in the error") {
    const auto one = schema_with_outputs(1);
    OutcomeDraft draft(one);
    CHECK(draft.emit(nullptr, 3) == EXO_E_ARGUMENT);
    CHECK(draft.fail(view("could not emit"), {}) == EXO_DONE);
    const auto result = draft.conclude(EXO_FAILED, false);
    CHECK(std::get<model::Errored>(std::get<model::Outcome>(result)).error ==
          "could not emit (node N emitted 3 values for its 1 output)");
}

TEST_CASE("only a call that was really cancelled gives up") {
    const auto none = schema_with_outputs(0);
    CHECK(std::holds_alternative<worker::GaveUp>(OutcomeDraft(none).conclude(EXO_CANCELLED, true)));
    CHECK_FALSE(
        std::holds_alternative<worker::GaveUp>(OutcomeDraft(none).conclude(EXO_CANCELLED, false)));
}

TEST_CASE("a handle is good for its own call only") {
    CallTable table;
    CallTable other;
    exo_call* const first = table.acquire(nullptr, 7, std::nullopt);
    REQUIRE(first != nullptr);
    CHECK(CallTable::node_of(first) == 7);
    CHECK_FALSE(table.stopped(first));
    CHECK(other.stopped(first));
    table.stop(first);
    CHECK(table.stopped(first));
    table.release(first);
    table.release(first);
    exo_call* const second = table.acquire(nullptr, 7, std::nullopt);
    exo_call* const third = table.acquire(nullptr, 7, std::nullopt);
    CHECK(second != first);  // the same slot, another generation
    CHECK(second != third);
    CHECK(table.stopped(first));
    CHECK_FALSE(table.stopped(second));
    CHECK_FALSE(table.with(first, [](Call&) { FAIL("stale"); }));
    CHECK(table.stopped(nullptr));
    CHECK(table.stopped(reinterpret_cast<exo_call*>(std::uintptr_t{0xdeadbeef})));
}

TEST_CASE("a handle is stopped by its deadline") {
    CallTable table;
    const auto now = std::chrono::steady_clock::now();
    CHECK(table.stopped(table.acquire(nullptr, 0, now - std::chrono::seconds(1))));
    CHECK_FALSE(table.stopped(table.acquire(nullptr, 0, now + std::chrono::hours(1))));
}
