#include "layout.h"

/* What C sees; layout_test.cpp compares it with what C++ sees. */
size_t c_size_of_host(void) { return sizeof(exo_host); }
size_t c_size_of_node(void) { return sizeof(exo_node); }
size_t c_size_of_plugin(void) { return sizeof(exo_plugin); }

/* A plugin built before `entry` existed: EXO_HAS says so. */
int c_has_entry(uint32_t size) {
    exo_config_1 table = {0};
    table.size = size;
    return EXO_HAS(&table, entry) ? 1 : 0;
}
