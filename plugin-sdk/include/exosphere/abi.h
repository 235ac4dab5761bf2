/* exosphere/abi.h - the whole contract between a worker and a node plugin. C11, C++11 and up; no
 * libraries.
 *
 * BORROW   A pointer passed into a call is valid until that call returns; whoever needs it longer
 *          copies. Nothing allocated on one side is ever freed on the other. One exception, for
 *          EXO_ASYNC: the inputs and secrets given to execute() stay valid until both execute()
 *          has returned and finish() was called.
 * TEXT     exo_str is UTF-8, length-counted, not NUL-terminated. ptr may be NULL only if len is 0.
 * STATIC   Everything reachable from exo_plugin is immutable and valid while the library is loaded.
 * UNWIND   No exception, longjmp or pthread_exit leaves any function declared here, in either
 *          direction.
 * GROWTH   `size` is sizeof(struct) as its author compiled it; members are only appended; EXO_HAS
 *          before reading. exo_str is frozen for ever. A breaking change renames the entry symbol
 *          (exosphere_plugin_v2).
 * CHECKED  An exo_call is a handle, never dereferenced: a second finish(), an emit() after the end,
 *          any use of a stale handle is caught by the host, logged with the node's name and
 *          answered with EXO_E_CALL.
 * END      The process may end without cancel(), destroy() or shutdown() having been called.
 *
 * [tags] say which thread calls a function: [load-thread] one thread, while the plugin is loaded or
 * unloaded; [pool-thread] any of the worker's node threads; [any-thread].
 */
#ifndef EXOSPHERE_ABI_H
#define EXOSPHERE_ABI_H
#include <stddef.h>
#include <stdint.h>

/* clang-format off */

#define EXO_ABI_MINOR 0u

/* Whether *p, as its author compiled it, reaches as far as the end of `member`. */
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

/* One execution of a node: the host's handle. */
typedef struct exo_call exo_call;

typedef int32_t exo_status;

/* What init() and execute() return. */
enum {
    /* The outcome is what was emitted, pruned or requeued; nothing of these = executed without
     * outputs. */
    EXO_DONE = 0,
    /* execute() only: the outcome comes later, finish() ends the call (it may even have been called
     * already). */
    EXO_ASYNC = 1,
    /* Errored with the text given to fail(), or a general one. From init(): the plugin is refused.
     */
    EXO_FAILED = -1,
    /* Gave up because cancelled() said so: handed back when the worker drains, errored on a
     * time-out. */
    EXO_CANCELLED = -2
};

/* What host functions return beside EXO_DONE (accepted). */
enum {
    /* The call has ended, is not known, or belongs to another plugin. */
    EXO_E_CALL = -10,
    /* n is not output_count, NULL with a length, not UTF-8, not a JSON object, a delay out of
     * range. */
    EXO_E_ARGUMENT = -11,
    /* Contradicts an earlier outcome of this call, e.g. emit() after prune(). */
    EXO_E_ORDER = -12,
    /* The outcome became too large, or too much work is queued. */
    EXO_E_LIMIT = -13,
    /* The worker is going down and takes no more work. */
    EXO_E_SHUTDOWN = -14
};

/* Levels of log(). */
enum { EXO_DEBUG = 10, EXO_INFO = 20, EXO_WARN = 30, EXO_ERROR = 40 };

/* exo_node.flags: one instance for all calls, execute() entered by many threads at once. */
enum { EXO_NODE_SHARED = 1u };

/* exo_plugin.flags: the author promises that dlclose is safe after shutdown(). Default: stays
 * resident. */
enum { EXO_PLUGIN_UNLOADABLE = 1u };

/* exo_field.flags: default_value is meaningful (it may be empty), so the field is optional. */
enum { EXO_FIELD_DEFAULT = 1u };

/* The worker, as one plugin sees it. Given to init() and create(); valid until shutdown() has
 * returned. Every function takes it as its first argument. None is NULL as far as `size` reaches;
 * none blocks for long; none throws. */
typedef struct exo_host {
    uint32_t size;
    uint32_t abi_minor;

    /* -- The outcome of a call. One kind per call; none of them = executed, no outputs. fail() wins
     * over what came before. EXO_E_ARGUMENT, EXO_E_ORDER and EXO_E_LIMIT from emit, prune and
     * requeue also fail the call: it ends errored, with a message that says why. [the thread that
     * owns the call: the one in execute(); after EXO_ASYNC any, one at a time] */

    /* Adds one set of outputs, positional like node->outputs; n == output_count. k times = fan-out
     * of k, in order. */
    exo_status (*emit)(const struct exo_host*, exo_call*, const exo_str* values, size_t n);
    /* Ends this branch of the run. The text is a JSON object; empty = {}. */
    exo_status (*prune)(const struct exo_host*, exo_call*, exo_str json_object);
    /* The state is executed again, from the start, after 1 ms .. 366 days. */
    exo_status (*requeue)(const struct exo_host*, exo_call*, uint64_t after_ms);
    /* Errored with this text. The host redacts the call's secrets in it, replaces invalid UTF-8 and
     * cuts what is over-long; the same in log(). */
    exo_status (*fail)(const struct exo_host*, exo_call*, exo_str message);
    /* With EXO_ASYNC: once, the last use of the call; it may come before execute() returns. The
     * status stands for what execute() would have returned: EXO_DONE, EXO_FAILED or EXO_CANCELLED.
     */
    exo_status (*finish)(const struct exo_host*, exo_call*, exo_status status);

    /* -- Services. [any-thread, any time between the begin of init and the end of shutdown] */

    /* 1: the deadline passed, the time to drain is up, or the call has ended; it stays 1. Not yet
     * while the worker merely drains. */
    int32_t (*cancelled)(const struct exo_host*, const exo_call*);
    /* "state_id", "node", "identifier", "namespace", "deadline_ms" (Unix time), "run_id",
     * "attempt". Empty if unknown: today's servers send neither run id nor attempt. Valid until the
     * call ends. */
    exo_str (*info)(const struct exo_host*, const exo_call*, const char* key);
    /* What init() or create() log with EXO_ERROR is the reason of their failure. */
    void (*log)(const struct exo_host*, const exo_call* or_null, int32_t level, exo_str message);
    /* Runs work(arg) once on a pool thread, at once or after a delay. EXO_DONE: it will run before
     * shutdown() is called (when the worker goes down, delays end early), and the library stays
     * loaded until it has RETURNED. Any other answer: it never runs. */
    exo_status (*submit)(const struct exo_host*, void (*work)(void*), void* arg);
    exo_status (*submit_after)(const struct exo_host*, uint64_t delay_ms, void (*work)(void*),
                               void* arg);
    /* Further functions by id, e.g. "exosphere.config/1" (the id carries the version); NULL if the
     * host has none. */
    const void* (*extension)(const struct exo_host*, const char* id);
} exo_host;

typedef struct exo_field {
    uint32_t size;
    uint32_t flags;
    exo_str name;
    exo_str default_value;
    exo_str doc;
} exo_field;

typedef struct exo_node {
    uint32_t size;
    uint32_t flags;
    exo_str name;
    exo_str doc;
    const exo_field* const* inputs;
    size_t input_count;
    const exo_field* const* outputs;
    size_t output_count;
    const exo_field* const* secrets;
    size_t secret_count;

    /* An instance: one per execution, or one for all with EXO_NODE_SHARED. NULL = failed, the
     * reason is what it logged with EXO_ERROR. [pool-thread; load-thread if shared] */
    void* (*create)(const struct exo_node*, const exo_host*);
    /* Values are positional: inputs[i] belongs to node->inputs[i]; the host has applied defaults
     * and checked presence. Never two at once in one instance unless EXO_NODE_SHARED. [pool-thread]
     */
    exo_status (*execute)(void* self, exo_call*, const exo_str* inputs, const exo_str* secrets);
    /* A hint that cancelled() says 1 now; may be NULL. At most once a call, maybe after its end was
     * decided, always before destroy() (which waits for a cancel() under way). [any-thread, beside
     * execute] */
    void (*cancel)(void* self, exo_call*);
    /* No call outstanding; joins every thread the instance started. Never called from inside
     * finish(). [pool-thread; load-thread if shared] */
    void (*destroy)(void* self);
} exo_node;

typedef struct exo_plugin {
    uint32_t size;
    uint32_t abi_minor;
    uint32_t flags;
    exo_str name;
    exo_str version;
    /* SDK, compiler, sanitizers: for messages, never compared. */
    exo_str built_with;
    const exo_node* const* nodes;
    size_t node_count;
    /* May be NULL; once, before any create(). A refusal's reason is what it logged with EXO_ERROR.
     * [load-thread] */
    exo_status (*init)(const exo_host*);
    /* May be NULL; once, after the last destroy(), and only if init() returned EXO_DONE.
     * [load-thread] */
    void (*shutdown)(void);
} exo_plugin;

/* Extension "exosphere.config/1": the plugin's own table of the daemon's configuration,
 * [plugins.NAME]. Numbers and booleans come as TOML spells them. Texts are valid until shutdown()
 * has returned. [any-thread] */
#define EXO_CONFIG_1 "exosphere.config/1"
typedef struct exo_config_1 {
    uint32_t size;
    /* 1 and *value, or 0 if there is no such key. */
    int32_t (*get)(const struct exo_host*, exo_str key, exo_str* value);
    /* The index-th entry: 1 with *key and *value, or 0 past the last one. For a plugin that refuses
     * unknown keys. */
    int32_t (*entry)(const struct exo_host*, size_t index, exo_str* key, exo_str* value);
} exo_config_1;

/* The only exported symbol. Idempotent, starts no thread, runs no user code but static
 * initialisers: a scanner may call it and nothing else. NULL: the plugin could not describe itself.
 * [any-thread] */
EXO_EXPORT const exo_plugin* exosphere_plugin_v1(void);

/* clang-format on */

#if defined(__cplusplus)
}
#endif
#endif
