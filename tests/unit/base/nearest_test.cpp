#include "base/nearest.hpp"

#include <catch2/catch.hpp>
#include <vector>

using exo::base::edit_distance;
using exo::base::nearest;

TEST_CASE("a swap of neighbours is one edit and case and dashes are none") {
    CHECK(edit_distance("workers", "workers") == 0);
    CHECK(edit_distance("wrokers", "workers") == 1);
    CHECK(edit_distance("Batch-Size", "batch_size") == 0);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest word is suggested, and no word for something else entirely") {
    const std::vector<std::string> known = {"namespace", "name", "workers", "uri"};
    CHECK(nearest("worker", known) == "workers");
    CHECK(nearest("nam", known) == "name");
    CHECK(nearest("namespaces", known) == "namespace");
    CHECK(nearest("url", known) == "uri");
    CHECK_FALSE(nearest("retention", known));
    CHECK_FALSE(nearest("", known));
    CHECK_FALSE(nearest("abc", std::vector<std::string>{"x"}));
    CHECK_FALSE(nearest(std::string(1'000'000, 'w'), known));
}
