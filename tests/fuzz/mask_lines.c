/*
 * Pass single values through every method. The first byte chooses the form of the rest: a line for
 * --lines, in one direction or the other, or the JSON value of a record. A method masks whatever it
 * accepts, and accepts its own result: masked again, that is the same. Every line gets its answers,
 * as many lines of UTF-8, for any input.
 */
#include <stdio.h>

#include "json/string.h"
#include "mask/lines.h"
#include "mask_common.h"

static const char *const methods[] = { "siv", "hmac", "ipcrypt", "ipcrypt-pfx", "ff1",
    "ff1 alphabet=alnum36", "ff1 alphabet=alnum62", "truncate", "truncate v4=1 v6=127", "partial",
    "partial keep=1", "redact", "sha256" };
enum { METHODS = sizeof methods / sizeof *methods, RULE = 0 };

struct uses {
    const struct method *method;
    struct mask *mask;
    struct unmask *unmask;
    struct lines *masks;
    struct lines *unmasks; /* NULL without a way to unmask */
    size_t answers;
};

static struct uses all[METHODS];
static struct buf line = { .maximum = 1 << 24 };
static struct buf once = { .maximum = 1 << 24 };
static struct buf back = { .maximum = 1 << 24 };
static struct buf twice = { .maximum = 1 << 24 };

static struct uses *use_of(size_t number)
{
    struct uses *uses = &all[number];
    char text[64];
    if (uses->method != NULL)
        return uses;
    int length = snprintf(text, sizeof text, ".v %s\n", methods[number]);
    common_require(length > 0 && (size_t)length < sizeof text);
    struct keyring *ring = common_ring();
    struct policy *policy = common_policy(".body", text);
    uses->method = policy->rules[RULE].method;
    uses->mask = mask_new(policy, ring);
    uses->unmask = unmask_new(policy, ring);
    uses->masks = lines_new(policy, RULE, ring, LINES_MASK, KEYRING_NONE);
    common_require(uses->mask != NULL && uses->unmask != NULL && uses->masks != NULL);
    uses->answers = uses->method->keyed ? keyring_count(ring) : 1;
    if (uses->method->reversible) {
        uses->unmasks = lines_new(policy, RULE, ring, LINES_UNMASK, keyring_primary(ring));
        common_require(uses->unmasks != NULL);
    }
    return uses;
}

/* Answer one line: lines of UTF-8, empty ones if it failed. */
static enum filter_outcome answer(struct lines *lines, size_t answers, const char *text,
    size_t length, struct buf *out)
{
    const struct line given = { .text = text, .length = length, .number = 1 };
    size_t found = 0;
    buf_clear(out);
    struct filter_work work = lines_work(lines);
    enum filter_outcome outcome = work.line(work.state, &given, out);
    common_require(outcome != FILTER_FAILED && !out->failed);
    for (size_t i = 0; i < out->length; i++)
        found += out->data[i] == '\n';
    common_require(found == answers && out->data[out->length - 1] == '\n');
    common_require(json_string_is_utf8(out->data, out->length));
    common_require((outcome == FILTER_CHANGED) == (out->length > answers));
    return outcome;
}

static int has_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return 1;
    return 0;
}

static size_t first_line(const struct buf *out)
{
    return (size_t)((const char *)memchr(out->data, '\n', out->length) - out->data);
}

static void try_masking(const struct uses *uses, const char *text, size_t length)
{
    if (answer(uses->masks, uses->answers, text, length, &once) != FILTER_CHANGED ||
        uses->unmasks == NULL)
        return;
    /* The first answer is that of the primary key, which masked it. */
    size_t size = first_line(&once);
    common_require(answer(uses->unmasks, 1, once.data, size, &back) == FILTER_CHANGED);
    back.length--;
    if (has_control(text, length)) { /* its JSON text comes back */
        buf_clear(&line);
        common_require(json_string_decode(&line, back.data, back.length) == 0);
        common_require(line.length == length && memcmp(line.data, text, length) == 0);
        return;
    }
    if (strncmp(uses->method->name, "ipcrypt", 7) != 0) /* addresses come back in one spelling */
        common_require(back.length == length && memcmp(back.data, text, length) == 0);
    common_require(
        answer(uses->masks, uses->answers, back.data, back.length, &twice) == FILTER_CHANGED);
    common_require(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
}

/*
 * Put into ${line} a record with ${text} as its value, without the last brace. ${result} describes
 * the value. Return false when ${text} is no JSON value of one line.
 */
static bool begin_record(const char *text, size_t length, struct json_result *result)
{
    if (memchr(text, '\n', length) != NULL ||
        json_scan(text, length, NULL, JSON_MAX_DEPTH - 2, NULL, result) != JSON_OK)
        return false;
    buf_clear(&line);
    buf_puts(&line, "{\"body\":{\"v\":");
    buf_append(&line, text, length);
    return true;
}

/* Mask the JSON value ${text} in a record, unmask it, and mask it again. */
static void try_value(const struct uses *uses, const char *text, size_t length)
{
    struct json_result result;
    if (!begin_record(text, length, &result))
        return;
    buf_puts(&line, "}}");
    if (common_pass(mask_work(uses->mask), line.data, line.length, &once) != FILTER_CHANGED)
        return;
    enum filter_outcome outcome =
        common_pass(unmask_work(uses->unmask), once.data, once.length, &back);
    if (!uses->method->reversible)
        return;
    common_require(outcome == FILTER_CHANGED || outcome == FILTER_PASSED);
    if (strcmp(uses->method->name, "siv") == 0 && outcome == FILTER_CHANGED &&
        result.kind != JSON_STRING)
        common_require(
            back.length == line.length && memcmp(back.data, line.data, line.length) == 0);
    if (outcome == FILTER_CHANGED) {
        common_require(
            common_pass(mask_work(uses->mask), back.data, back.length, &twice) == FILTER_CHANGED);
        common_require(
            once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
    }
}

/* Put the same text in the place of a masked value. */
static void try_masked(const struct uses *uses, const char *text, size_t length)
{
    struct json_result result;
    if (!begin_record(text, length, &result))
        return;
    buf_puts(&line, "}," COMMON_CLAIM "}");
    (void)common_pass(unmask_work(uses->unmask), line.data, line.length, &back);
    (void)common_pass(mask_work(uses->mask), line.data, line.length, &once);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct uses *uses = use_of(data[0] / 4 % METHODS);
    const char *text = (const char *)data + 1;
    size_t length = size - 1;
    switch (data[0] % 4) {
    case 0:
        if (memchr(text, '\n', length) == NULL)
            try_masking(uses, text, length);
        break;
    case 1:
        if (uses->unmasks != NULL && memchr(text, '\n', length) == NULL)
            (void)answer(uses->unmasks, 1, text, length, &once);
        break;
    case 2:
        try_value(uses, text, length);
        break;
    default:
        try_masked(uses, text, length);
    }
    return 0;
}
