#include <ctype.h>
#include <jq.h>
#include <jv.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/jq.h"

enum {
    MEMORY_SLOTS = 8192, /* a power of two, so that at most half are taken */
    MEMORY_MAX = 4096,
    MEMORY_TEXT = 512, /* input and output together */
    MAX_NESTING = 64,
    MAX_OUTPUT = 512 << 20
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
    jv output;                 /* the last one, whose text json_jq_run() gave out */
    struct remembered *memory; /* MEMORY_SLOTS; NULL until first used */
    size_t count;
};

/* ---- names ---- */

static const char *const forbidden[] = { "now", "input", "inputs", "env", "debug", "stderr", "halt",
    "halt_error", "import", "include", "get_search_list", "localtime", "strflocaltime",
    "input_filename", "input_line_number", "modulemeta", "get_prog_origin", "get_jq_origin" };

static const char not_allowed[] = "is not allowed here: a filter sees its input and nothing else";

/* A walk over the program's tokens, as far as names and nesting go. */
struct lexer {
    const char *text;
    size_t length;
    size_t at;
    char open[MAX_NESTING]; /* '"', '(' (also of an interpolation), '[', '{' */
    size_t depth;
};

struct name {
    size_t at;        /* offset of its "$", if it has one */
    const char *text; /* without */
    size_t length;
    bool variable;
};

static bool starts_word(char byte)
{
    return isalpha((unsigned char)byte) || byte == '_';
}

static size_t word_length(const struct lexer *lexer, size_t at)
{
    size_t end = at;
    while (end < lexer->length &&
        (starts_word(lexer->text[end]) || isdigit((unsigned char)lexer->text[end])))
        end++;
    return end - at;
}

static bool equals(const struct name *name, const char *word)
{
    return strlen(word) == name->length && memcmp(name->text, word, name->length) == 0;
}

static bool is_forbidden(const struct name *name)
{
    static const char program[] = "__prog"; /* what libjq binds to its own arguments */
    if (name->variable)
        return equals(name, "ENV") ||
            (name->length >= strlen(program) && memcmp(name->text, program, strlen(program)) == 0);
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (equals(name, forbidden[i]))
            return true;
    return false;
}

/* Brackets and strings; false: unbalanced or too deep. */
static bool nest(struct lexer *lexer, char byte)
{
    bool string = lexer->depth > 0 && lexer->open[lexer->depth - 1] == '"';
    char open = byte;
    if (string && byte == '"') {
        lexer->depth--;
        return true;
    }
    if (string && byte == '\\' && lexer->at + 1 < lexer->length) {
        lexer->at++;
        if (lexer->text[lexer->at] != '(')
            return true;
        open = '(';
    } else if (string) {
        return true;
    }
    if (open == '"' || open == '(' || open == '[' || open == '{') {
        if (lexer->depth == MAX_NESTING)
            return false;
        lexer->open[lexer->depth++] = open;
        return true;
    }
    if (open == ')' || open == ']' || open == '}') {
        char wanted = open == ')' ? '(' : open == ']' ? '[' : '{';
        if (lexer->depth == 0 || lexer->open[lexer->depth - 1] != wanted)
            return false;
        lexer->depth--;
    }
    return true;
}

static void skip_comment(struct lexer *lexer)
{
    while (lexer->at < lexer->length && lexer->text[lexer->at] != '\n')
        lexer->at++;
}

/* Between a "$" and its name libjq 1.6 lets blanks and comments stand. */
static void skip_blanks(struct lexer *lexer)
{
    for (; lexer->at < lexer->length; lexer->at++) {
        if (lexer->text[lexer->at] == '#')
            skip_comment(lexer);
        if (lexer->at == lexer->length || !isspace((unsigned char)lexer->text[lexer->at]))
            return;
    }
}

/*
 * The next word that is neither a field (.word) nor a format (@word) nor in a string. Object keys
 * count: only the grammar tells {word: 1} from .[word:1]. false: none, with ${lexer->at} at the
 * end, or before it or ${lexer->depth} not 0 when brackets or strings do not match.
 */
static bool next_name(struct lexer *lexer, struct name *name)
{
    for (; lexer->at < lexer->length; lexer->at++) {
        char byte = lexer->text[lexer->at];
        bool string = lexer->depth > 0 && lexer->open[lexer->depth - 1] == '"';
        if (string || !(starts_word(byte) || strchr("$.@#", byte) != NULL)) {
            if (!nest(lexer, byte))
                return false;
            continue;
        }
        if (byte == '#') {
            skip_comment(lexer);
            lexer->at--; /* the newline is what comes next */
            continue;
        }
        *name = (struct name){ .at = lexer->at, .variable = byte == '$' };
        lexer->at += starts_word(byte) ? 0 : 1;
        if (name->variable)
            skip_blanks(lexer);
        name->text = lexer->text + lexer->at;
        name->length = word_length(lexer, lexer->at);
        lexer->at += name->length;
        if (name->length > 0 && byte != '.' && byte != '@')
            return true;
        lexer->at--;
    }
    return false;
}

static bool refuse(struct json_jq_problem *problem, size_t at, const char *what,
    const struct name *name)
{
    size_t length = name->length;
    size_t prefix = name->variable ? 1 : 0;
    problem->at = at;
    problem->what = what;
    if (length >= sizeof problem->name - prefix)
        length = sizeof problem->name - prefix - 1;
    problem->name[0] = '$';
    memcpy(problem->name + prefix, name->text, length);
    problem->name[prefix + length] = '\0';
    return false;
}

/* Whether the program names nothing forbidden and its brackets match (so that it can be wrapped).
 */
static bool check_names(const char *program, size_t length, struct json_jq_problem *problem,
    bool *uses_sqs)
{
    struct lexer lexer = { .text = program, .length = length };
    struct name name = { .text = "" };
    *uses_sqs = false;
    while (next_name(&lexer, &name)) {
        if (name.variable && equals(&name, "sqs"))
            *uses_sqs = true;
        if (is_forbidden(&name))
            return refuse(problem, name.at, not_allowed, &name);
    }
    if (lexer.at == length && lexer.depth == 0)
        return true;
    return refuse(problem, lexer.at < length ? lexer.at : length - 1,
        "brackets or quotes that do not match", &(struct name){ .text = "" });
}

/* Where a name stands in the program. */
static size_t find_name(const char *program, size_t length, const struct name *wanted)
{
    struct lexer lexer = { .text = program, .length = length };
    struct name name;
    while (next_name(&lexer, &name))
        if (name.variable == wanted->variable && name.length == wanted->length &&
            memcmp(name.text, wanted->text, name.length) == 0)
            return name.at;
    return 0;
}

/* ---- compiling ---- */

struct complaint {
    const char *program;
    size_t length;
    struct json_jq_problem *problem;
};

/* libjq's text is searched for the name of what is not defined, which the program itself holds. */
static void hear(void *context, jv message)
{
    struct complaint *complaint = context;
    if (jv_get_kind(message) == JV_KIND_STRING) {
        const char *text = jv_string_value(message);
        const char *end = strstr(text, " is not defined");
        const char *name = end;
        while (name != NULL && name > text && name[-1] != ' ')
            name--;
        if (name != NULL && complaint->problem->name[0] == '\0') {
            struct name wanted = { .text = name, .variable = *name == '$' };
            wanted.text += wanted.variable ? 1 : 0;
            wanted.length = strcspn(wanted.text, "/ ");
            size_t at = find_name(complaint->program, complaint->length, &wanted);
            wanted.length = (size_t)(end - wanted.text);
            (void)refuse(complaint->problem, at, "is not defined", &wanted);
        }
    }
    jv_free(message);
}

static void ignore(void *context, jv message)
{
    (void)context;
    jv_free(message);
}

/* libjq calls what it was given without asking whether it was given any. */
static jv no_input(jq_state *state, void *context)
{
    (void)state;
    (void)context;
    return jv_invalid();
}

struct json_jq *json_jq_new(const char *program, size_t length, struct json_jq_problem *problem)
{
    struct buf source;
    struct json_jq *jq = calloc(1, sizeof *jq);
    *problem = (struct json_jq_problem){ .what = "not enough memory" };
    buf_init(&source, 1 << 21);
    if (jq == NULL || !check_names(program, length, problem, &jq->uses_sqs))
        goto err0;
    jq->output = jv_invalid();
    if ((jq->state = jq_init()) == NULL)
        goto err0;
    /* $sqs changes from run to run, but libjq binds variables when compiling: it comes as input. */
    buf_puts(&source, jq->uses_sqs ? ".[0] as $sqs | .[1] | (" : "");
    buf_append(&source, program, length);
    buf_puts(&source, jq->uses_sqs ? "\n)" : "");
    if (buf_cstr(&source) == NULL)
        goto err1;
    *problem = (struct json_jq_problem){ .what = "not a jq program" };
    struct complaint complaint = { program, length, problem };
    jq_set_error_cb(jq->state, hear, &complaint);
    jq_set_input_cb(jq->state, no_input, NULL);
    jq_set_debug_cb(jq->state, ignore, NULL);
    if (!jq_compile(jq->state, buf_cstr(&source)))
        goto err1;
    jq_set_error_cb(jq->state, ignore, NULL);
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
    jv_free(jq->output);
    jq_teardown(&jq->state);
    free(jq);
}

/* ---- running ---- */

static size_t hash_text(const char *text, size_t length)
{
    size_t hash = 14695981039346656037U; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211U;
    return hash;
}

/* The slot of an input: the one that holds it, or the free one where it would go. */
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
    if (jq->count == MEMORY_MAX) { /* start afresh: what is frequent comes back soon */
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
    size_t hash = hash_text(input, length);
    *find_slot(jq, input, length, hash) = (struct remembered){ .text = text,
        .input_length = (unsigned short)length,
        .output_length = (unsigned short)value_length,
        .result = result,
        .hash = hash };
    jq->count++;
}

static jv parse(const char *text, size_t length)
{
    return length > INT_MAX ? jv_invalid() : jv_parse_sized(text, (int)length);
}

/* What the program is run on: the input, or [$sqs, input]. Invalid when libjq cannot hold one. */
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

static enum json_jq_result run(struct json_jq *jq, jv input)
{
    enum json_jq_result result = JSON_JQ_EMPTY;
    if (!jv_is_valid(input)) {
        jv_free(input);
        return JSON_JQ_ERROR;
    }
    jq_start(jq->state, input, 0);
    jv output = jq_next(jq->state);
    if (jv_is_valid(output)) { /* does not consume, unlike nearly all else of libjq */
        jv_free(jq->output);
        jq->output = jv_dump_string(output, 0);
        result = JSON_JQ_VALUE;
        output = jq_next(jq->state);
        if (jv_is_valid(output))
            result = JSON_JQ_MANY;
    }
    if (!jv_is_valid(output) && jv_invalid_has_msg(jv_copy(output)))
        result = JSON_JQ_ERROR;
    jv_free(output);
    return result;
}

enum json_jq_result json_jq_run(struct json_jq *jq, const char *input, size_t length,
    const char *sqs, size_t sqs_length, const char **value, size_t *value_length)
{
    bool short_input = !jq->uses_sqs && length <= MEMORY_TEXT;
    if (short_input && jq->memory != NULL) {
        const struct remembered *slot = find_slot(jq, input, length, hash_text(input, length));
        if (slot->text != NULL) {
            *value = slot->text + length;
            *value_length = slot->output_length;
            return slot->result;
        }
    }
    enum json_jq_result result = run(jq, argument(jq, input, length, sqs, sqs_length));
    *value = NULL;
    *value_length = 0;
    if (result == JSON_JQ_VALUE) {
        *value = jv_string_value(jq->output);
        *value_length = (size_t)jv_string_length_bytes(jv_copy(jq->output));
    }
    if (short_input)
        remember(jq, input, length, result, *value, *value_length);
    return result;
}
