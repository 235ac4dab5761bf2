/* A plugin in plain C11 against abi.h alone: no C++, no SDK layer. Its nodes show every outcome;
 * the plugin host's tests load it too. Plugin "c-plugin", nodes:
 *   CEcho     text, suffix = "!"   -> text: text and suffix
 *   CFanOut   count                -> index, count times
 *   CSignal   kind                 "prune", "requeue", "fail", "cancelled", "bad count", "nothing"
 *   CSecret   secret token         -> length of the token
 *   CLater    text                 -> text, asynchronously, by submitted work
 */
#include <exosphere/abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STR(literal) \
    { literal, sizeof(literal) - 1 }
#define FIELD(identifier, text) \
    static const exo_field identifier = {sizeof(exo_field), 0, STR(text), {NULL, 0}, {NULL, 0}}

static int is(exo_str text, const char* expected) {
    return text.len == strlen(expected) && memcmp(text.ptr, expected, text.len) == 0;
}

static exo_str str(const char* text) {
    const exo_str result = {text, strlen(text)};
    return result;
}

/* One instance per execution; it only remembers its host. */
typedef struct instance {
    const exo_host* host;
} instance;

static void* create(const exo_node* node, const exo_host* host) {
    (void)node;
    instance* self = malloc(sizeof *self);
    if (self == NULL) {
        host->log(host, NULL, EXO_ERROR, str("out of memory"));
        return NULL;
    }
    self->host = host;
    return self;
}

static void destroy(void* self) { free(self); }

/* Writes value as decimal digits into buffer. */
static exo_str decimal(char* buffer, size_t size, size_t value) {
    const int length = snprintf(buffer, size, "%zu", value);
    const exo_str result = {buffer, length > 0 ? (size_t)length : 0};
    return result;
}

static exo_status fail(const exo_host* host, exo_call* call, const char* text) {
    (void)host->fail(host, call, str(text));
    return EXO_FAILED;
}

/* -- CEcho */

static exo_status echo(void* self, exo_call* call, const exo_str* inputs, const exo_str* secrets) {
    (void)secrets;
    const exo_host* host = ((instance*)self)->host;
    const size_t length = inputs[0].len + inputs[1].len;
    char* text = malloc(length + 1);
    if (text == NULL) return fail(host, call, "out of memory");
    if (inputs[0].len > 0) memcpy(text, inputs[0].ptr, inputs[0].len);
    if (inputs[1].len > 0) memcpy(text + inputs[0].len, inputs[1].ptr, inputs[1].len);
    const exo_str output = {text, length};
    host->log(host, call, EXO_INFO, str("echo"));
    const exo_status status = host->emit(host, call, &output, 1);
    free(text);
    return status == EXO_DONE ? EXO_DONE : EXO_FAILED;
}

FIELD(text_field, "text");
static const exo_field suffix_field = {sizeof(exo_field), EXO_FIELD_DEFAULT, STR("suffix"),
                                       STR("!"), STR("What is added.")};
static const exo_field* const echo_inputs[] = {&text_field, &suffix_field};
static const exo_field* const text_output[] = {&text_field};
static const exo_node echo_node = {sizeof(exo_node),
                                   0,
                                   STR("CEcho"),
                                   STR("Gives its text back."),
                                   echo_inputs,
                                   2,
                                   text_output,
                                   1,
                                   NULL,
                                   0,
                                   create,
                                   echo,
                                   NULL,
                                   destroy};

/* -- CFanOut */

static exo_status fan_out(void* self, exo_call* call, const exo_str* inputs,
                          const exo_str* secrets) {
    (void)secrets;
    const exo_host* host = ((instance*)self)->host;
    size_t count = 0;
    for (size_t i = 0; i < inputs[0].len; ++i) {
        const char digit = inputs[0].ptr[i];
        if (digit < '0' || digit > '9' || count >= 10000) {
            return fail(host, call, "count is not a number from 0 to 100000");
        }
        count = count * 10 + (size_t)(digit - '0');
    }
    for (size_t i = 0; i < count; ++i) {
        char buffer[24];
        const exo_str output = decimal(buffer, sizeof buffer, i);
        if (host->emit(host, call, &output, 1) != EXO_DONE) return EXO_FAILED;
    }
    return EXO_DONE;
}

FIELD(count_field, "count");
FIELD(index_field, "index");
static const exo_field* const fan_out_inputs[] = {&count_field};
static const exo_field* const fan_out_outputs[] = {&index_field};
static const exo_node fan_out_node = {sizeof(exo_node),
                                      0,
                                      STR("CFanOut"),
                                      {NULL, 0},
                                      fan_out_inputs,
                                      1,
                                      fan_out_outputs,
                                      1,
                                      NULL,
                                      0,
                                      create,
                                      fan_out,
                                      NULL,
                                      destroy};

/* -- CSignal */

static exo_status signal_outcome(void* self, exo_call* call, const exo_str* inputs,
                                 const exo_str* secrets) {
    (void)secrets;
    const exo_host* host = ((instance*)self)->host;
    if (is(inputs[0], "prune")) {
        return host->prune(host, call, str("{\"reason\":\"asked to\"}")) == EXO_DONE ? EXO_DONE
                                                                                     : EXO_FAILED;
    }
    if (is(inputs[0], "requeue")) {
        return host->requeue(host, call, 1500) == EXO_DONE ? EXO_DONE : EXO_FAILED;
    }
    if (is(inputs[0], "fail")) return fail(host, call, "asked to fail");
    if (is(inputs[0], "fail without text")) return EXO_FAILED;
    if (is(inputs[0], "cancelled")) return EXO_CANCELLED;
    if (is(inputs[0], "bad count")) {
        const exo_str outputs[2] = {STR("one"), STR("too many")};
        /* Refused: the call fails, whatever is returned. */
        return host->emit(host, call, outputs, 2) == EXO_E_ARGUMENT ? EXO_DONE : EXO_FAILED;
    }
    if (is(inputs[0], "nothing")) return EXO_DONE;
    return fail(host, call, "kind is not known");
}

FIELD(kind_field, "kind");
static const exo_field* const signal_inputs[] = {&kind_field};
static const exo_node signal_node = {
    sizeof(exo_node), 0,    STR("CSignal"), {NULL, 0}, signal_inputs, 1, NULL, 0, NULL, 0, create,
    signal_outcome,   NULL, destroy};

/* -- CSecret */

static exo_status secret_length(void* self, exo_call* call, const exo_str* inputs,
                                const exo_str* secrets) {
    (void)inputs;
    const exo_host* host = ((instance*)self)->host;
    char buffer[24];
    const exo_str output = decimal(buffer, sizeof buffer, secrets[0].len);
    host->log(host, call, EXO_INFO, secrets[0]); /* the host redacts it */
    return host->emit(host, call, &output, 1) == EXO_DONE ? EXO_DONE : EXO_FAILED;
}

FIELD(length_field, "length");
FIELD(token_field, "token");
static const exo_field* const secret_outputs[] = {&length_field};
static const exo_field* const secret_secrets[] = {&token_field};
static const exo_node secret_node = {
    sizeof(exo_node), 0, STR("CSecret"), {NULL, 0},     NULL, 0,      secret_outputs, 1,
    secret_secrets,   1, create,         secret_length, NULL, destroy};

/* -- CLater */

typedef struct later {
    const exo_host* host;
    exo_call* call;
    exo_str text; /* borrowed: inputs stay valid until finish() */
} later;

static void complete_later(void* arg) {
    later* self = arg;
    const exo_status status = self->host->emit(self->host, self->call, &self->text, 1);
    (void)self->host->finish(self->host, self->call, status == EXO_DONE ? EXO_DONE : EXO_FAILED);
    free(self);
}

static exo_status start_later(void* self, exo_call* call, const exo_str* inputs,
                              const exo_str* secrets) {
    (void)secrets;
    const exo_host* host = ((instance*)self)->host;
    later* work = malloc(sizeof *work);
    if (work == NULL) return fail(host, call, "out of memory");
    work->host = host;
    work->call = call;
    work->text = inputs[0];
    if (host->submit_after(host, 5, complete_later, work) != EXO_DONE) {
        free(work);
        return EXO_CANCELLED; /* the worker is going down */
    }
    return EXO_ASYNC;
}

static const exo_field* const later_inputs[] = {&text_field};
static const exo_node later_node = {sizeof(exo_node),
                                    0,
                                    STR("CLater"),
                                    {NULL, 0},
                                    later_inputs,
                                    1,
                                    text_output,
                                    1,
                                    NULL,
                                    0,
                                    create,
                                    start_later,
                                    NULL,
                                    destroy};

static const exo_node* const nodes[] = {&echo_node, &fan_out_node, &signal_node, &secret_node,
                                        &later_node};

static const exo_plugin plugin = {sizeof(exo_plugin),
                                  EXO_ABI_MINOR,
                                  0,
                                  STR("c-plugin"),
                                  STR("1.0.0"),
                                  STR("plain C11"),
                                  nodes,
                                  sizeof nodes / sizeof nodes[0],
                                  NULL,
                                  NULL};

const exo_plugin* exosphere_plugin_v1(void) { return &plugin; }
