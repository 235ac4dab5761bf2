/* exosphere/abi.h - the whole contract between a worker and a node plugin. C11 / C++11 and up, no
 * libraries.
 *
 * BORROW  A pointer passed into a call is valid until that call returns; whoever needs it longer
 * copies. Nothing allocated on one side is ever freed on the other. One exception, for EXO_ASYNC:
 * the inputs and secrets given to execute() stay valid until finish(). TEXT    exo_str is UTF-8,
 * length-counted, not NUL-terminated. ptr may be NULL only if len is 0. STATIC  Everything
 * reachable from exo_plugin is immutable and valid while the library is loaded. UNWIND  No
 * exception, longjmp or pthread_exit leaves any function declared here, in either direction. GROWTH
 * `size` is sizeof(struct) as its author compiled it; members are only appended; EXO_HAS before
 * reading. exo_str is frozen for ever. A breaking change renames the entry symbol
 * (exosphere_plugin_v2). CHECKED An exo_call is a handle, never dereferenced: a second finish(), an
 * emit() after the end, any use of a stale handle is caught by the host, logged with the node's
 * name and answered with EXO_E_CALL. END     The process may end without cancel(), destroy() or
 * shutdown() having been called. [tags]  say which thread calls a function: [load-thread] one
 * thread, at load; [pool-thread] any of the worker's node threads; [any-thread].
 */
#ifndef EXOSPHERE_ABI_H
#define EXOSPHERE_ABI_H
#include <stddef.h>
#include <stdint.h>

#define EXO_ABI_MINOR 0u
/* Whether *p, as its author compiled it, reaches as far as `member`. */
#define EXO_HAS(p, member) \
    ((p)->size >= (size_t)((const char*)(&(p)->member + 1) - (const char*)(p)))

#if defined(__cplusplus)
#define EXO_EXPORT extern "C" __attribute__((visibility("default")))
extern "C" {
#else
#define EXO_EXPORT __attribute__((visibility("default")))
#endif

typedef struct exo_str {
    const char* ptr;
    size_t len;
} exo_str;

typedef struct exo_call exo_call; /* one execution; the host's handle */

typedef int32_t exo_status;
enum {
    /* what execute() and init() return */
    EXO_DONE = 0,  /* the outcome is what was emitted, pruned, requeued; nothing = executed without
                      outputs */
    EXO_ASYNC = 1, /* the outcome comes later: finish() ends the call (it may even have been called
                      already) */
    EXO_FAILED = -1,    /* errored with the text given to fail(), or a general one */
    EXO_CANCELLED = -2, /* gave up because cancelled() said so: handed back when draining, errored
                           on a timeout */
    /* what host functions return; EXO_DONE = accepted */
    EXO_E_CALL = -10, /* the call has ended, is not known, or belongs to another plugin */
    EXO_E_ARGUMENT =
        -11, /* n is not output_count, NULL with a length, not UTF-8, a delay out of range */
    EXO_E_ORDER = -12,   /* contradicts an earlier outcome of this call, e.g. emit after prune */
    EXO_E_LIMIT = -13,   /* the outcome became too large, or too much work is queued */
    EXO_E_SHUTDOWN = -14 /* the worker is going down and takes no more work */
};
enum { EXO_DEBUG = 10, EXO_INFO = 20, EXO_WARN = 30, EXO_ERROR = 40 };
enum { EXO_NODE_SHARED = 1u }; /* one instance, execute() entered by many threads at once */
enum {
    EXO_PLUGIN_UNLOADABLE = 1u
}; /* author promises dlclose is safe after shutdown(); default: stays resident */
enum {
    EXO_FIELD_DEFAULT = 1u
}; /* default_value is meaningful (it may be empty): the field is optional */

/* Given to init() and create(); valid until shutdown() has returned. An E_ARGUMENT, E_ORDER or
 * E_LIMIT answer to emit, prune, requeue or fail also fails the call: it ends errored, with a
 * message that says why. */
typedef struct exo_host {
    uint32_t size, abi_minor;

    /* Outcome of a call. One kind per call; none of them = executed, no outputs. fail() wins over
     * what came before. [the thread that owns the call: the one in execute(), or, after EXO_ASYNC,
     * whichever the plugin chooses, one at a time] */
    exo_status (*emit)(exo_call*, const exo_str* values,
                       size_t n); /* n == output_count; k calls = fan-out of k */
    exo_status (*prune)(exo_call*, exo_str json_object); /* empty = {} */
    exo_status (*requeue)(exo_call*, uint64_t after_ms); /* 1 ms .. 366 days */
    exo_status (*fail)(exo_call*, exo_str message); /* the host redacts the call's secrets in it */
    exo_status (*finish)(exo_call*);                /* only with EXO_ASYNC: once, the last use */

    /* Services. [any-thread, any time between init and the end of shutdown] */
    int32_t (*cancelled)(
        const exo_call*); /* 1: deadline passed or the drain's time is up; also if stale */
    exo_str (*info)(const exo_call*,
                    const char* key); /* "state_id", "node", "identifier", "namespace", "run_id",
                                       * "attempt", "deadline_ms" (Unix time); empty if unknown.
                                       * Valid until the call ends. */
    void (*log)(const struct exo_host*, const exo_call* or_null, int32_t level, exo_str message);
    /* Runs work(arg) once on a pool thread, at once or after a delay. EXO_DONE: it will run, and
     * the library stays loaded until it has RETURNED; otherwise it never runs. */
    exo_status (*submit)(const struct exo_host*, void (*work)(void*), void* arg);
    exo_status (*submit_after)(const struct exo_host*, uint64_t delay_ms, void (*work)(void*),
                               void* arg);
    const void* (*extension)(const struct exo_host*,
                             const char* id); /* "exosphere.config/1"; NULL if absent */
} exo_host;

typedef struct exo_field {
    uint32_t size, flags;
    exo_str name, default_value, doc;
} exo_field;

typedef struct exo_node {
    uint32_t size, flags;
    exo_str name, doc;
    const exo_field* const* inputs;
    size_t input_count;
    const exo_field* const* outputs;
    size_t output_count;
    const exo_field* const* secrets;
    size_t secret_count;

    /* An instance: one per execution, or one for all with EXO_NODE_SHARED. NULL = failed, reason
     * logged by the plugin. [pool-thread; load-thread if shared] */
    void* (*create)(const struct exo_node*, const exo_host*);
    /* Values are positional: inputs[i] belongs to node->inputs[i]; the host has applied defaults
     * and checked presence. Never two at once in one instance unless EXO_NODE_SHARED. [pool-thread]
     */
    exo_status (*execute)(void* self, exo_call*, const exo_str* inputs, const exo_str* secrets);
    /* May be NULL. A hint, at most once a call, maybe after its end was decided. [any-thread,
     * beside execute] */
    void (*cancel)(void* self, exo_call*);
    /* No call outstanding; joins every thread the instance started. Never called from inside
     * finish(). [pool-thread] */
    void (*destroy)(void* self);
} exo_node;

typedef struct exo_plugin {
    uint32_t size, abi_minor, flags;
    exo_str name, version,
        built_with; /* built_with: SDK, compiler, sanitizers: for messages, never compared */
    const exo_node* const* nodes;
    size_t node_count;
    exo_status (*init)(const exo_host*); /* may be NULL; once, before any create [load-thread] */
    void (*shutdown)(void); /* may be NULL; once, after the last destroy [load-thread] */
} exo_plugin;

/* Extension "exosphere.config/1": the plugin's own table of the daemon's configuration,
 * [plugins.NAME]. */
typedef struct exo_config_1 {
    uint32_t size;
    /* 1 and *value, or 0 if there is no such key. Numbers and booleans come as TOML spells them.
     * Valid until shutdown() has returned. [any-thread] */
    int32_t (*get)(const struct exo_host*, exo_str key, exo_str* value);
} exo_config_1;
#define EXO_CONFIG_1 "exosphere.config/1"

/* The only exported symbol. Idempotent, starts no thread, runs no user code but static
 * initialisers: a scanner may call it and nothing else. [any-thread] */
EXO_EXPORT const exo_plugin* exosphere_plugin_v1(void);

#if defined(__cplusplus)
}
#endif
#endif
