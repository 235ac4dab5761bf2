#include "base/text_table.hpp"

#include <catch2/catch.hpp>

using namespace exo::base;

TEST_CASE("columns are aligned by code points, without spaces at line ends") {
    TextTable table;
    table.add({"NAME", Cell("COUNT", Style::plain, true), "NOTE"});
    table.add({"\xc3\xa9t\xc3\xa9", Cell("7", Style::plain, true), ""});
    table.add({"Uppercase", Cell("1234567", Style::plain, true), "x"});
    CHECK(table.text(false) ==
          "NAME         COUNT  NOTE\n"
          "\xc3\xa9t\xc3\xa9              7\n"
          "Uppercase  1234567  x\n");
}

TEST_CASE("colour does not move columns and is absent when not asked for") {
    TextTable table;
    table.add({Cell("a", Style::bad), "b"});
    table.add({"long", "b"});
    CHECK(table.text(true, "  ") == "  \x1b[31ma\x1b[0m     b\n  long  b\n");
    CHECK(table.text(false, "  ") == "  a     b\n  long  b\n");
}

TEST_CASE("foreign text cannot drive the terminal") {
    CHECK(printable("a\x1b[31m\nb\x7f") == "a [31m b ");
    CHECK(printable("c1 \xc2\x9b!") == "c1  !");
    CHECK(printable("\xff\xc3\xa9") == "\xef\xbf\xbd\xc3\xa9");
}

TEST_CASE("truncation counts code points and marks the cut") {
    CHECK(truncated("h\xc3\xa9llo", 5) == "h\xc3\xa9llo");
    CHECK(truncated("h\xc3\xa9llo", 3) == "h\xc3\xa9…");
    CHECK(truncated("hello", 1) == "…");
    CHECK(truncated("hello", 0).empty());
}
