#include "embedded/json_schema.hpp"

#include <catch2/catch.hpp>

#include "embedded/cron_expression.hpp"

using namespace exo::embedded;

TEST_CASE("which properties are exactly a string") {
    struct Row {
        std::string property;
        bool is_string;
    };
    const std::vector<Row> rows{
        {R"({"type":"string"})", true},
        {R"({"type":"string","default":null,"minLength":2,"pattern":"x","x-y":1})", true},
        {R"({"type":["string"]})", true},
        {R"({"type":"string","format":"email"})", true},
        {R"({"type":"text"})", true},
        {R"({"$ref":"#/$defs/S"})", true},
        {R"({"$ref":"#/$defs/I"})", false},
        {R"({"type":"integer"})", false},
        {R"({"type":"number"})", false},
        {R"({"type":"boolean"})", false},
        {R"({"type":"object"})", false},
        {R"({"type":"array","items":{"type":"string"}})", false},
        {R"({"anyOf":[{"type":"string"}]})", false},
        {R"({"type":["string","null"]})", false},
        {R"({"type":"string","enum":["a"]})", false},
        {R"({"const":"a"})", false},
        {R"({"type":"string","format":"date-time"})", false},
        {R"({"type":"string","format":"uuid"})", false},
    };
    for (const auto& row : rows) {
        INFO(row.property);
        const auto fields = read_schema_fields(
            R"({"$defs":{"S":{"type":"string"},"I":{"type":"integer"}},"properties":{"a":)" +
            row.property + "}}");
        REQUIRE(fields.has_value());
        CHECK(*fields == std::vector<SchemaField>{{"a", row.is_string}});
    }
}

TEST_CASE("fields keep the order of the schema, an empty schema has none") {
    CHECK(read_schema_fields("{}").value().empty());
    CHECK(read_schema_fields(R"({"properties":{"z":{"type":"string"},"a":{"type":"string"}}})")
              .value() == std::vector<SchemaField>{{"z", true}, {"a", true}});
}

TEST_CASE("schemas that cannot be read say why") {
    struct Row {
        std::string schema, error;
    };
    const std::vector<Row> rows{
        {R"({"properties":{"a":{}}})", "Schema must specify a type."},
        {R"({"properties":{"a":{"type":"array"}}})", "Array type must specify 'items' schema"},
        {R"({"properties":{"a":{"$ref":"#/$defs/X"}}})", "Invalid reference path: #/$defs/X"},
        {R"({"$defs":{"A":{"$ref":"#/$defs/A"}},"properties":{"a":{"$ref":"#/$defs/A"}}})",
         "Invalid reference path: #/$defs/A"},
        {R"({"properties":{"_a":{"type":"string"}}})",
         "Fields must not use names with leading underscores; e.g., use 'a' instead of '_a'."},
        {R"({"properties":{"model_config":{"type":"string"}}})", "`model_config` cannot be used"},
        {R"({"title":1})", "type() argument 1 must be str, not int"},
        {R"({"properties":[]})", "'list' object has no attribute 'items'"},
        {"[]", "the schema is not a JSON object"},
    };
    for (const auto& row : rows) {
        const auto fields = read_schema_fields(row.schema);
        REQUIRE_FALSE(fields.has_value());
        CHECK(fields.error().message.substr(0, row.error.size()) == row.error);
    }
}

TEST_CASE("cron expressions are recognised as croniter does") {
    for (const auto* good : {"* * * * *", "0 9 * * 1-5", "*/10 0-6/2 1,15 jan-MAR sun",
                             "* * * * * 30", "0 0 1 1 * 0 2030", "@daily", "@Hourly", "0 0 l * *",
                             "0 0 * * 5#2", "0 0 * * l5", "0 0 ? * 7"}) {
        INFO(good);
        CHECK(is_cron_expression(good));
    }
    for (const auto* bad :
         {"", "nope", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
          "*/0 * * * *", "1- * * * *", "@never", "* * * * * * * *", "a b c d e", ",1 * * * *"}) {
        INFO(bad);
        CHECK_FALSE(is_cron_expression(bad));
    }
}
