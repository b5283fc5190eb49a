#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "json/path_text.h"
#include "json/string.h"
#include "mask/lines.h"
#include "mask/method_table.h"

enum { GIVEN_BACK_ABOVE = 1 << 20 };

struct lines {
    const struct policy_rule *rule;
    const struct method_work *work;
    const struct keyring *ring;
    enum lines_direction direction;
    void *state; /* of the method */
    size_t key;
    size_t answers;    /* lines written for each line read */
    struct buf value;  /* the line as a JSON string */
    struct buf result; /* JSON text */
    struct buf scratch;
    uint64_t read; /* lines */
    uint64_t first_failed;
};

size_t lines_find(const struct policy *policy, const char *path)
{
    size_t error_at;
    uint32_t node = json_paths_add(policy->paths, policy->root, path, strlen(path), &error_at);
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct policy_rule *rule = &policy->rules[i];
        if (rule->aside != POLICY_CONTENT ? strcmp(rule->path, path) == 0 : rule->node == node)
            return i;
    }
    return LINES_NONE;
}

struct lines *lines_new(const struct policy *policy, size_t rule, const struct keyring *ring,
    enum lines_direction direction, size_t key)
{
    struct lines *lines = calloc(1, sizeof *lines);
    if (lines == NULL)
        return NULL;
    lines->rule = &policy->rules[rule];
    lines->ring = ring;
    lines->direction = direction;
    lines->key = key;
    lines->answers =
        direction == LINES_MASK && lines->rule->method->keyed ? keyring_count(ring) : 1;
    buf_init(&lines->value, SIZE_MAX);
    buf_init(&lines->result, SIZE_MAX);
    buf_init(&lines->scratch, SIZE_MAX);
    const struct method_use use = { ring, lines->rule->domain, lines->rule->domain_length,
        lines->rule->options, lines->rule->text };
    lines->work = method_table_work(lines->rule->method);
    lines->state = lines->work->open(&use);
    if (lines->state == NULL) {
        free(lines);
        return NULL;
    }
    return lines;
}

void lines_free(struct lines *lines)
{
    if (lines == NULL)
        return;
    lines->work->close(lines->state);
    buf_wipe(&lines->value);
    buf_wipe(&lines->result);
    buf_wipe(&lines->scratch);
    free(lines);
}

uint64_t lines_first_failed(const struct lines *lines)
{
    return lines->first_failed;
}

/* Return the key of answer number ${answer}: the primary key first. */
static size_t key_of(const struct lines *lines, size_t answer)
{
    size_t primary = keyring_primary(lines->ring);
    if (answer == 0)
        return primary;
    return answer <= primary ? answer - 1 : answer;
}

static bool has_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return true;
    return false;
}

/* Append the result, JSON text, as a line. */
static void write_result(struct lines *lines, struct buf *out)
{
    const struct buf *result = &lines->result;
    size_t start = out->length;
    if (result->length > 0 && result->data[0] == '"') {
        json_string_decode(out, result->data, result->length);
        /*
         * An unmasked result may hold line breaks. A masked one does not, because its line had
         * none.
         */
        if (lines->direction == LINES_UNMASK && !out->failed &&
            has_control(out->data + start, out->length - start)) {
            out->length = start;
            buf_append(out, result->data, result->length);
        }
    } else {
        buf_append(out, result->data, result->length);
    }
    buf_putc(out, '\n');
}

static enum token_result write_answers(struct lines *lines, const struct token_value *value,
    struct buf *out)
{
    const struct method_work *work = lines->work;
    for (size_t i = 0; i < lines->answers; i++) {
        buf_clear(&lines->result);
        enum token_result result = lines->direction == LINES_MASK
            ? work->mask(lines->state, key_of(lines, i), value, &lines->scratch, &lines->result)
            : work->unmask(lines->state, lines->key, value, &lines->scratch, &lines->result);
        if (result != TOKEN_OK)
            return result;
        write_result(lines, out);
    }
    return out->failed ? TOKEN_MALFORMED : TOKEN_OK; /* too long for an answer */
}

/* Write empty lines instead of the answers. */
static enum filter_outcome write_nothing(struct lines *lines, bool failed, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < lines->answers; i++)
        buf_putc(out, '\n');
    if (failed && lines->first_failed == 0)
        lines->first_failed = lines->read;
    return out->failed ? FILTER_FAILED : failed ? FILTER_ERROR : FILTER_PASSED;
}

static enum filter_outcome line_of_value(void *state, const struct line *line, struct buf *out)
{
    struct lines *lines = state;
    lines->read++;
    if (line->length == 0)
        return write_nothing(lines, false, out);
    if (!json_string_is_utf8(line->text, line->length))
        return write_nothing(lines, true, out);
    buf_clear(&lines->value);
    if (json_string_encode(&lines->value, line->text, line->length) != 0)
        return FILTER_FAILED;
    const struct token_value value = { lines->value.data, lines->value.length, JSON_STRING,
        memchr(lines->value.data, '\\', lines->value.length) == NULL };
    enum token_result result = write_answers(lines, &value, out);
    buf_shrink(&lines->value, GIVEN_BACK_ABOVE);
    buf_shrink(&lines->result, GIVEN_BACK_ABOVE);
    buf_shrink(&lines->scratch, GIVEN_BACK_ABOVE);
    if (result == TOKEN_FAILED)
        return FILTER_FAILED;
    return result == TOKEN_OK ? FILTER_CHANGED : write_nothing(lines, true, out);
}

static enum filter_outcome line_too_long(void *state, const char *text, size_t length,
    struct buf *out)
{
    struct lines *lines = state;
    (void)text;
    (void)length;
    lines->read++;
    return write_nothing(lines, true, out);
}

struct filter_work lines_work(struct lines *lines)
{
    return (struct filter_work){ lines, line_of_value, line_too_long, NULL };
}
