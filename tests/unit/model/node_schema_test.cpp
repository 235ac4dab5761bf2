#include "model/node_schema.hpp"

#include <catch2/catch.hpp>

using namespace exo::model;

TEST_CASE("names that would break a URL are refused with the reason") {
    CHECK(check_name("node", "Uppercase").has_value());
    CHECK(check_name("namespace", "My Project \xc3\xa9").has_value());
    CHECK(check_name("node", "").error().message == "node name \"\" is empty");
    CHECK(check_name("graph", "a/b").error().message == "graph name \"a/b\" contains '/'");
    CHECK(check_name("graph", " a").error().message ==
          "graph name \" a\" is padded with white space");
    for (const auto* bad : {".", "..", "a\n", "a\x01z", "\xff"})
        CHECK_FALSE(check_name("node", bad));
    CHECK_FALSE(check_name("node", std::string(257, 'a')));
}

TEST_CASE("field names that upstream's schema reader refuses are refused here") {
    CHECK(check_field_name("input", "batch_size").has_value());
    for (const auto* bad : {"_x", "model_config", "a.b", "a b", "${{x"}) {
        INFO(bad);
        CHECK_FALSE(check_field_name("input", bad).has_value());
    }
}

TEST_CASE("UTF-8 is checked as RFC 3629 says") {
    CHECK(is_utf8("plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"));
    CHECK(is_utf8(std::string_view("a\0b", 3)));
    for (const auto* bad : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80",
                            "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xf0\x9f\x98"}) {
        CHECK_FALSE(is_utf8(bad));
    }
}
