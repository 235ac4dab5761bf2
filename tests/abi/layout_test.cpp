#include <catch2/catch.hpp>
#include <cstddef>

#include "abi/layout.h"

extern "C" {
size_t c_size_of_host(void);
size_t c_size_of_node(void);
size_t c_size_of_plugin(void);
int c_has_entry(uint32_t size);
}

TEST_CASE("C and C++ see the same layout of the contract") {
    CHECK(c_size_of_host() == sizeof(exo_host));
    CHECK(c_size_of_node() == sizeof(exo_node));
    CHECK(c_size_of_plugin() == sizeof(exo_plugin));
}

TEST_CASE("EXO_HAS tells whether a struct of an older author reaches as far as a member") {
    CHECK(c_has_entry(sizeof(exo_config_1)) == 1);
    CHECK(c_has_entry(sizeof(exo_config_1) + 8) == 1);
    CHECK(c_has_entry(offsetof(exo_config_1, entry)) == 0);
    CHECK(c_has_entry(sizeof(exo_config_1) - 1) == 0);
}
