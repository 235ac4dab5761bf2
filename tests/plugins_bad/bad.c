/* Plugins that must be refused, each with one thing wrong: -DBAD_<WHAT>. Without any of them it is
 * a good plugin (the test of the tests). */
#include <signal.h>
#include <stdlib.h>

#include "exosphere/abi.h"

/* What a variant does not refer to. */
#define UNUSED __attribute__((unused))

#define TEXT(literal) \
    { literal, sizeof(literal) - 1 }

#ifdef BAD_ABI_VERSION
#define ENTRY exosphere_plugin_v2
EXO_EXPORT const exo_plugin* exosphere_plugin_v2(void);
#elif defined(BAD_SYMBOL)
#define ENTRY some_other_library
EXO_EXPORT const exo_plugin* some_other_library(void);
#else
#define ENTRY exosphere_plugin_v1
#endif

static void* create(const exo_node* node, const exo_host* host) {
    (void)node;
    (void)host;
    return malloc(1);
}
UNUSED static exo_status execute(void* self, exo_call* call, const exo_str* inputs,
                                 const exo_str* secrets) {
    (void)self;
    (void)call;
    (void)inputs;
    (void)secrets;
    return EXO_DONE;
}

#ifdef BAD_FIELD_NAME
#define FIELD_NAME TEXT("_hidden")
#else
#define FIELD_NAME TEXT("text")
#endif
#ifdef BAD_FIELD_SIZE
#define FIELD_SIZE 8
#else
#define FIELD_SIZE sizeof(exo_field)
#endif
#ifdef BAD_DEFAULT
#define DEFAULT_FLAGS EXO_FIELD_DEFAULT
#define DEFAULT_VALUE TEXT("caf\xe9")
#else
#define DEFAULT_FLAGS 0
#define DEFAULT_VALUE \
    { NULL, 0 }
#endif
UNUSED static const exo_field text_field = {
    FIELD_SIZE, DEFAULT_FLAGS, FIELD_NAME, DEFAULT_VALUE, {NULL, 0}};
UNUSED static const exo_field* const inputs[] = {&text_field, &text_field};
#ifdef BAD_DUPLICATE_FIELD
#define INPUT_COUNT 2
#elif defined(BAD_FIELD_COUNT)
#define INPUT_COUNT 1000000
#else
#define INPUT_COUNT 1
#endif
#ifdef BAD_NULL_FIELDS
#define INPUTS NULL
#else
#define INPUTS inputs
#endif

#ifdef BAD_NODE_SIZE
#define NODE_SIZE (sizeof(exo_node) - 8)
#else
#define NODE_SIZE sizeof(exo_node)
#endif
#ifdef BAD_NODE_UTF8
#define NODE_NAME TEXT("Caf\xe9")
#elif defined(BAD_NODE_NAME)
#define NODE_NAME TEXT("a/b")
#elif defined(BAD_NULL_NAME)
#define NODE_NAME \
    { NULL, 4 }
#else
#define NODE_NAME TEXT("Node")
#endif
#ifdef BAD_NULL_EXECUTE
#define EXECUTE NULL
#else
#define EXECUTE execute
#endif
UNUSED static const exo_node node = {NODE_SIZE,   0,       NODE_NAME, {NULL, 0}, INPUTS,
                                     INPUT_COUNT, NULL,    0,         NULL,      0,
                                     create,      EXECUTE, NULL,      free};
UNUSED static const exo_node* const nodes[] = {
    &node,
#ifdef BAD_NULL_NODE
    NULL,
#else
    &node,
#endif
};
#if defined(BAD_DUPLICATE_NODE) || defined(BAD_NULL_NODE)
#define NODE_COUNT 2
#elif defined(BAD_NO_NODES)
#define NODE_COUNT 0
#else
#define NODE_COUNT 1
#endif

static exo_status init(const exo_host* host) {
    (void)host;
#ifdef BAD_INIT
    const exo_str why = TEXT("no licence found");
    host->log(host, NULL, EXO_ERROR, why);
    return EXO_FAILED;
#elif defined(BAD_INIT_SILENT)
    return EXO_FAILED;
#else
    return EXO_DONE;
#endif
}

#ifdef BAD_SIZE
#define PLUGIN_SIZE 16
#elif defined(BAD_HUGE_SIZE)
#define PLUGIN_SIZE 0x7fffffff
#else
#define PLUGIN_SIZE sizeof(exo_plugin)
#endif
#ifdef BAD_UTF8
#define PLUGIN_NAME TEXT("\xff\xfe")
#else
#define PLUGIN_NAME TEXT("bad")
#endif
#ifdef BAD_WILD_POINTER
#define NODES ((const exo_node* const*)8)
#elif defined(BAD_NULL_NODES)
#define NODES NULL
#else
#define NODES nodes
#endif
UNUSED static const exo_plugin plugin = {PLUGIN_SIZE, EXO_ABI_MINOR, 0,     PLUGIN_NAME,
                                         TEXT("1"),   {NULL, 0},     NODES, NODE_COUNT,
                                         init,        NULL};

#ifdef BAD_STATIC_INIT_CRASH
__attribute__((constructor)) static void crash(void) { raise(SIGSEGV); }
#endif
#ifdef BAD_STATIC_INIT_EXIT
__attribute__((constructor)) static void leave(void) { exit(0); }
#endif
#ifdef BAD_STATIC_INIT_HANG
__attribute__((constructor)) static void hang(void) {
    for (volatile int forever = 1; forever != 0;) {
    }
}
#endif
#ifdef BAD_UNDEFINED
extern int a_function_that_nobody_has(void);
__attribute__((constructor)) static void call_it(void) { a_function_that_nobody_has(); }
#endif

EXO_EXPORT const exo_plugin* ENTRY(void) {
#ifdef BAD_ENTRY_NULL
    return NULL;
#else
    return &plugin;
#endif
}
