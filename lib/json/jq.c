#include <jq.h>
#include <jv.h>
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/worker.h"
#include "json/jq.h"
#include "json/jq_strdup.h"
#include "json/names.h"
#include "json/scan.h"

enum {
    MEMORY_SLOTS = 8192, /* a power of two, so that at most half are taken */
    MEMORY_MAX = 4096,
    MEMORY_TEXT = 512, /* input and output together */
    MESSAGE_TEXT = 256,
    MAX_OUTPUT = 512 << 20,
    MAX_REQUEST = 256 << 20,
    KEEP_REQUEST = 1 << 20,
    CPU_MS = 1000,
    MEMORY_BYTES = 256 << 20,
    MEMORY_FACTOR = 64 /* for each byte of the input, whose parsed form is far larger */
};

struct remembered {
    char *text; /* input, then output; NULL: a free slot */
    unsigned short input_length;
    unsigned short output_length;
    enum json_jq_result result;
    size_t hash;
};

struct json_jq {
    jq_state *state;
    bool uses_sqs;
    bool rounds; /* the numbers of its input are doubles */
    struct buf request;
    struct buf answer;         /* of the last run: a byte for the result, then the output */
    struct remembered *memory; /* MEMORY_SLOTS; NULL until first used */
    size_t count;
};

/* ---- in the child ---- */

struct request {
    struct json_jq *jq;
    size_t length;
    size_t sqs_length;
    bool has_sqs;
};

static jv parse(const char *text, size_t length)
{
    return length > INT_MAX ? jv_invalid() : jv_parse_sized(text, (int)length);
}

/*
 * Return the value with numbers that have lost their text, which libjq after 1.6 remembers. It is
 * not deeper than JSON_MAX_DEPTH.
 */
static jv as_doubles(jv value)
{
    switch (jv_get_kind(value)) {
    case JV_KIND_NUMBER: {
        double number = jv_number_value(value);
        jv_free(value);
        return jv_number(number);
    }
    case JV_KIND_ARRAY:
        for (int i = 0; i < jv_array_length(jv_copy(value)); i++)
            value = jv_array_set(value, i, as_doubles(jv_array_get(jv_copy(value), i)));
        return value;
    case JV_KIND_OBJECT: {
        jv made = jv_object();
        for (int i = jv_object_iter(value); jv_object_iter_valid(value, i);
             i = jv_object_iter_next(value, i))
            made = jv_object_set(made, jv_object_iter_key(value, i),
                as_doubles(jv_object_iter_value(value, i)));
        jv_free(value);
        return made;
    }
    default:
        return value;
    }
}

/*
 * Return the input of the program: the input, or [$sqs, input]. Invalid when libjq cannot hold it.
 */
static jv argument(const struct json_jq *jq, const char *input, size_t length, const char *sqs,
    size_t sqs_length)
{
    jv value = parse(input, length);
    if (!jq->uses_sqs || !jv_is_valid(value))
        return value;
    jv bound = sqs == NULL ? jv_null() : parse(sqs, sqs_length);
    if (!jv_is_valid(bound)) {
        jv_free(value);
        return bound;
    }
    return JV_ARRAY(bound, value);
}

/* Write, in place of an output, jq's message or the raised value. */
static void put_error(struct buf *out, jv message)
{
    bool is_text = jv_get_kind(message) == JV_KIND_STRING;
    jv text = is_text ? message : jv_dump_string(message, 0);
    size_t length = (size_t)jv_string_length_bytes(jv_copy(text));
    buf_clear(out);
    buf_putc(out, '\0');
    buf_append(out, jv_string_value(text), length < MESSAGE_TEXT ? length : MESSAGE_TEXT);
    jv_free(text);
}

static enum json_jq_result run(struct json_jq *jq, jv input, struct buf *out)
{
    enum json_jq_result result = JSON_JQ_EMPTY;
    if (!jv_is_valid(input)) {
        jv_free(input);
        return JSON_JQ_ERROR;
    }
    jq_start(jq->state, input, 0);
    jv output = jq_next(jq->state);
    if (jv_is_valid(output)) { /* does not consume, unlike most functions of libjq */
        jv text = jv_dump_string(output, 0);
        buf_append(out, jv_string_value(text), (size_t)jv_string_length_bytes(jv_copy(text)));
        jv_free(text);
        result = JSON_JQ_VALUE;
        output = jq_next(jq->state);
        if (jv_is_valid(output))
            result = JSON_JQ_MANY;
    }
    if (!jv_is_valid(output) && jv_invalid_has_msg(jv_copy(output))) {
        put_error(out, jv_invalid_get_msg(jv_copy(output)));
        result = JSON_JQ_ERROR;
    }
    jv_free(output);
    return result;
}

static void answer_request(const char *message, size_t length, struct buf *answer)
{
    struct request request;
    (void)length;
    memcpy(&request, message, sizeof request);
    const char *input = message + sizeof request;
    const char *sqs = request.has_sqs ? input + request.length : NULL;
    jv value = argument(request.jq, input, request.length, sqs, request.sqs_length);
    if (request.jq->rounds && jv_is_valid(value))
        value = as_doubles(value);
    buf_putc(answer, '\0');
    enum json_jq_result result = run(request.jq, value, answer);
    if (!answer->failed)
        answer->data[0] = (char)result;
}

/* ---- compiling ---- */

static const struct worker_limits limits = { CPU_MS, MEMORY_BYTES, MEMORY_FACTOR };

/* The process that runs all filters, and their number. */
static struct worker *runner;
static size_t filters;

struct compile_problem {
    const char *program;
    size_t length;
    struct json_jq_problem *problem;
};

/* Search libjq's text for an undefined name, which the program itself holds. */
static void on_compile_error(void *context, jv message)
{
    struct compile_problem *compiled = context;
    if (jv_get_kind(message) == JV_KIND_STRING) {
        const char *text = jv_string_value(message);
        const char *end = strstr(text, " is not defined");
        const char *name = end;
        while (name != NULL && name > text && name[-1] != ' ')
            name--;
        if (name != NULL && compiled->problem->name[0] == '\0')
            json_names_locate(compiled->program, compiled->length, name, (size_t)(end - name),
                compiled->problem);
    }
    jv_free(message);
}

static void discard_message(void *context, jv message)
{
    (void)context;
    jv_free(message);
}

/* libjq calls its input callback without checking that there is one. */
static jv no_input(jq_state *state, void *context)
{
    (void)state;
    (void)context;
    return jv_invalid();
}

/*
 * When out of memory, libjq ends the process, unless its handler does not return. What it has
 * allocated until then is lost: its caller ends, too.
 */
static _Thread_local jmp_buf without_memory;
static _Thread_local bool may_leave;

static void leave(void *context)
{
    (void)context;
    if (may_leave)
        longjmp(without_memory, 1);
}

/* Between the two, leave() returns to the setjmp(3) of without_memory. */
static void begin_leaving(void)
{
    may_leave = true;
    json_jq_strdup_failed = leave;
    jv_nomem_handler(leave, NULL);
}

static void end_leaving(void)
{
    may_leave = false;
    json_jq_strdup_failed = NULL;
}

static jq_state *make_state(const char *text, struct compile_problem *compiled)
{
    jq_state *state = jq_init();
    if (state == NULL)
        return NULL;
    jq_set_nomem_handler(state, leave, NULL); /* libjq sets that of the state before it compiles */
    jq_set_error_cb(state, on_compile_error, compiled);
    jq_set_input_cb(state, no_input, NULL);
    jq_set_debug_cb(state, discard_message, NULL);
    compiled->problem->what = "not a jq program";
    if (jq_compile(state, text))
        jq_set_error_cb(state, discard_message, NULL);
    else
        jq_teardown(&state);
    return state;
}

/* Return the compiled text, or NULL with the problem. */
static jq_state *compile(const char *text, struct compile_problem *compiled)
{
    if (setjmp(without_memory) != 0) {
        end_leaving();
        *compiled->problem = (struct json_jq_problem){ .what = NULL };
        return NULL;
    }
    begin_leaving();
    jq_state *state = make_state(text, compiled);
    end_leaving();
    return state;
}

struct json_jq *json_jq_new(const char *program, size_t length, struct json_jq_problem *problem)
{
    struct buf source;
    struct json_jq *jq = calloc(1, sizeof *jq);
    *problem = (struct json_jq_problem){ .what = NULL };
    buf_init(&source, 1 << 21);
    if (jq == NULL || !json_names_check(program, length, problem, &jq->uses_sqs))
        goto err0;
    buf_init(&jq->request, MAX_REQUEST);
    buf_init(&jq->answer, MAX_OUTPUT);
    /* $sqs changes from run to run, but libjq binds variables when compiling: it comes as input. */
    buf_puts(&source, jq->uses_sqs ? ".[0] as $sqs | .[1] | (" : "");
    buf_append(&source, program, length);
    buf_puts(&source, jq->uses_sqs ? "\n)" : "");
    if (buf_cstr(&source) == NULL)
        goto err0;
    struct compile_problem compiled = { program, length, problem };
    if ((jq->state = compile(buf_cstr(&source), &compiled)) == NULL)
        goto err0;
    if (runner == NULL)
        runner = worker_new(answer_request, &limits);
    if (runner == NULL) {
        problem->what = NULL;
        goto err1;
    }
    worker_restart(runner); /* an older child does not know this filter */
    filters++;
    buf_free(&source);
    return jq;

err1:
    jq_teardown(&jq->state);
err0:
    buf_free(&source);
    free(jq);
    return NULL;
}

void json_jq_free(struct json_jq *jq)
{
    if (jq == NULL)
        return;
    for (size_t i = 0; jq->memory != NULL && i < MEMORY_SLOTS; i++)
        free(jq->memory[i].text);
    free(jq->memory);
    buf_free(&jq->request);
    buf_free(&jq->answer);
    jq_teardown(&jq->state);
    free(jq);
    if (--filters == 0) {
        worker_free(runner);
        runner = NULL;
    }
}

int json_jq_keeps_digits(bool *keeps)
{
    static const char number[] = "1.10";
    if (setjmp(without_memory) != 0) {
        end_leaving();
        return -1;
    }
    begin_leaving();
    jv text = jv_dump_string(parse(number, strlen(number)), 0);
    *keeps = strcmp(jv_string_value(text), number) == 0;
    jv_free(text);
    end_leaving();
    return 0;
}

void json_jq_round(struct json_jq *jq)
{
    jq->rounds = true;
    worker_restart(runner); /* an older child has the previous state */
}

/* ---- running ---- */

bool json_jq_start(bool (*confine)(void))
{
    if (runner == NULL)
        return true;
    worker_set_confine(runner, confine);
    return worker_start(runner) != 0 || worker_is_confined(runner);
}

/* Return the slot of an input: the one that holds it, or the free one for it. */
static struct remembered *find_slot(const struct json_jq *jq, const char *input, size_t length,
    size_t hash)
{
    for (size_t i = hash;; i++) {
        struct remembered *slot = &jq->memory[i & (MEMORY_SLOTS - 1)];
        if (slot->text == NULL ||
            (slot->hash == hash && slot->input_length == length &&
                memcmp(slot->text, input, length) == 0))
            return slot;
    }
}

static void remember(struct json_jq *jq, const char *input, size_t length,
    enum json_jq_result result, const char *value, size_t value_length)
{
    if (length + value_length > MEMORY_TEXT)
        return;
    if (jq->memory == NULL && (jq->memory = calloc(MEMORY_SLOTS, sizeof *jq->memory)) == NULL)
        return;
    if (jq->count == MEMORY_MAX) { /* start again: frequent inputs return soon */
        for (size_t i = 0; i < MEMORY_SLOTS; i++) {
            free(jq->memory[i].text);
            jq->memory[i].text = NULL;
        }
        jq->count = 0;
    }
    char *text = malloc(length + value_length + 1);
    if (text == NULL)
        return;
    memcpy(text, input, length);
    if (value_length > 0)
        memcpy(text + length, value, value_length);
    size_t hash = hash_bytes(input, length);
    *find_slot(jq, input, length, hash) = (struct remembered){ .text = text,
        .input_length = (unsigned short)length,
        .output_length = (unsigned short)value_length,
        .result = result,
        .hash = hash };
    jq->count++;
}

/*
 * Check the child's answer, which is not trusted: the child has parsed foreign input, and JSON code
 * that relies on valid texts reads the answer.
 */
static enum json_jq_result judge(const struct buf *answer)
{
    struct json_result scanned;
    if (answer->length == 0)
        return JSON_JQ_ERROR;
    switch (answer->data[0]) {
    case JSON_JQ_VALUE:
        if (json_scan(answer->data + 1, answer->length - 1, NULL, JSON_MAX_DEPTH, NULL, &scanned) !=
                JSON_OK ||
            scanned.start != 0 || scanned.end != answer->length - 1)
            return JSON_JQ_ERROR;
        return JSON_JQ_VALUE;
    case JSON_JQ_EMPTY:
        return JSON_JQ_EMPTY;
    case JSON_JQ_MANY:
        return JSON_JQ_MANY;
    default:
        return JSON_JQ_ERROR;
    }
}

static enum json_jq_result ask(struct json_jq *jq, const char *input, size_t length,
    const char *sqs, size_t sqs_length)
{
    bool bound = jq->uses_sqs && sqs != NULL;
    struct request header = { jq, length, bound ? sqs_length : 0, bound };
    struct buf *request = &jq->request;
    buf_shrink(request, KEEP_REQUEST);
    buf_append(request, &header, sizeof header);
    buf_append(request, input, length);
    if (bound)
        buf_append(request, sqs, sqs_length);
    if (request->failed)
        return JSON_JQ_FAILED;
    switch (worker_request(runner, request->data, request->length, &jq->answer)) {
    case WORKER_ANSWERED: {
        enum json_jq_result result = judge(&jq->answer);
        /* A text that is not a value is not a message either. */
        if (result == JSON_JQ_ERROR && jq->answer.length > 0 && jq->answer.data[0] != JSON_JQ_ERROR)
            buf_clear(&jq->answer);
        return result;
    }
    case WORKER_ENDED:
        buf_clear(&jq->answer);
        return JSON_JQ_ERROR;
    case WORKER_FAILED:
        break;
    }
    return JSON_JQ_FAILED;
}

enum json_jq_result json_jq_run(struct json_jq *jq, const char *input, size_t length,
    const char *sqs, size_t sqs_length, const char **value, size_t *value_length)
{
    bool short_input = !jq->uses_sqs && length <= MEMORY_TEXT;
    if (short_input && jq->memory != NULL) {
        const struct remembered *slot = find_slot(jq, input, length, hash_bytes(input, length));
        if (slot->text != NULL) {
            *value = slot->text + length;
            *value_length = slot->output_length;
            return slot->result;
        }
    }
    enum json_jq_result result = ask(jq, input, length, sqs, sqs_length);
    if (result == JSON_JQ_FAILED)
        return result;
    *value = NULL;
    *value_length = 0;
    if ((result == JSON_JQ_VALUE || result == JSON_JQ_ERROR) && jq->answer.length > 1) {
        *value = jq->answer.data + 1;
        *value_length = jq->answer.length - 1;
    }
    if (short_input)
        remember(jq, input, length, result, *value, *value_length);
    return result;
}
