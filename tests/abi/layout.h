/* The layout of abi.h on 64-bit machines, checked by the C and the C++ compiler. A failure here
 * means that plugins built before today crash: append members, never change or insert them. */
#include <exosphere/abi.h>

#if defined(__cplusplus)
#define CHECK_LAYOUT(condition) static_assert(condition, #condition)
#else
#define CHECK_LAYOUT(condition) _Static_assert(condition, #condition)
#endif
#define CHECK_MEMBER(type, member, at) CHECK_LAYOUT(offsetof(type, member) == (at))

#if UINTPTR_MAX == UINT64_MAX

CHECK_LAYOUT(sizeof(exo_status) == 4);

CHECK_LAYOUT(sizeof(exo_str) == 16);
CHECK_MEMBER(exo_str, ptr, 0);
CHECK_MEMBER(exo_str, len, 8);

CHECK_LAYOUT(sizeof(exo_host) == 96);
CHECK_MEMBER(exo_host, size, 0);
CHECK_MEMBER(exo_host, abi_minor, 4);
CHECK_MEMBER(exo_host, emit, 8);
CHECK_MEMBER(exo_host, prune, 16);
CHECK_MEMBER(exo_host, requeue, 24);
CHECK_MEMBER(exo_host, fail, 32);
CHECK_MEMBER(exo_host, finish, 40);
CHECK_MEMBER(exo_host, cancelled, 48);
CHECK_MEMBER(exo_host, info, 56);
CHECK_MEMBER(exo_host, log, 64);
CHECK_MEMBER(exo_host, submit, 72);
CHECK_MEMBER(exo_host, submit_after, 80);
CHECK_MEMBER(exo_host, extension, 88);

CHECK_LAYOUT(sizeof(exo_field) == 56);
CHECK_MEMBER(exo_field, size, 0);
CHECK_MEMBER(exo_field, flags, 4);
CHECK_MEMBER(exo_field, name, 8);
CHECK_MEMBER(exo_field, default_value, 24);
CHECK_MEMBER(exo_field, doc, 40);

CHECK_LAYOUT(sizeof(exo_node) == 120);
CHECK_MEMBER(exo_node, size, 0);
CHECK_MEMBER(exo_node, flags, 4);
CHECK_MEMBER(exo_node, name, 8);
CHECK_MEMBER(exo_node, doc, 24);
CHECK_MEMBER(exo_node, inputs, 40);
CHECK_MEMBER(exo_node, input_count, 48);
CHECK_MEMBER(exo_node, outputs, 56);
CHECK_MEMBER(exo_node, output_count, 64);
CHECK_MEMBER(exo_node, secrets, 72);
CHECK_MEMBER(exo_node, secret_count, 80);
CHECK_MEMBER(exo_node, create, 88);
CHECK_MEMBER(exo_node, execute, 96);
CHECK_MEMBER(exo_node, cancel, 104);
CHECK_MEMBER(exo_node, destroy, 112);

CHECK_LAYOUT(sizeof(exo_plugin) == 96);
CHECK_MEMBER(exo_plugin, size, 0);
CHECK_MEMBER(exo_plugin, abi_minor, 4);
CHECK_MEMBER(exo_plugin, flags, 8);
CHECK_MEMBER(exo_plugin, name, 16);
CHECK_MEMBER(exo_plugin, version, 32);
CHECK_MEMBER(exo_plugin, built_with, 48);
CHECK_MEMBER(exo_plugin, nodes, 64);
CHECK_MEMBER(exo_plugin, node_count, 72);
CHECK_MEMBER(exo_plugin, init, 80);
CHECK_MEMBER(exo_plugin, shutdown, 88);

CHECK_LAYOUT(sizeof(exo_config_1) == 24);
CHECK_MEMBER(exo_config_1, size, 0);
CHECK_MEMBER(exo_config_1, get, 8);
CHECK_MEMBER(exo_config_1, entry, 16);

#endif
