#include <stdlib.h>
#include <string.h>

#include "detect/detect.h"
#include "mask/policy_checks.h"
#include "mask/policy_rule.h"
#include "mask/policy_word.h"

enum { WHEN_VALUES = 64 };

bool policy_checks_is(const struct policy_word *word)
{
    return policy_word_is(word, "unmatched") || policy_word_is(word, "near") ||
        policy_word_is(word, "detect");
}

static int fail(struct policy_error *error, enum policy_cause cause, unsigned number,
    const struct policy_word *at)
{
    return policy_error_set(error, cause, number, at);
}

/* ---- unmatched ------------------------------------------------------------------------------- */

static enum policy_cause set_values(struct policy_when *when, const struct policy_word *words,
    size_t count, size_t *at)
{
    struct buf memory;
    enum policy_cause cause = POLICY_OK;
    when->values = calloc(count, sizeof *when->values);
    when->lengths = calloc(count, sizeof *when->lengths);
    if (when->values == NULL || when->lengths == NULL)
        return POLICY_MEMORY;
    buf_init(&memory, POLICY_MAX_FILE);
    for (*at = 0; *at < count && cause == POLICY_OK; ++*at) {
        struct policy_word word = words[*at];
        cause = policy_word_decode(&word, &memory);
        if (cause != POLICY_OK)
            break;
        when->values[*at] = policy_copy(word.text, word.length);
        when->lengths[*at] = word.length;
        when->count++;
        if (when->values[*at] == NULL)
            cause = POLICY_MEMORY;
    }
    buf_free(&memory);
    return cause;
}

/* Add the words behind "when". Return 0, or -1 with ${error}. */
static int add_when(struct policy *policy, const struct policy_word *words, size_t count,
    unsigned number, struct policy_error *error)
{
    struct policy_checks *checks = &policy->checks;
    if (count > WHEN_VALUES + 1)
        return fail(error, POLICY_WORD, number, &words[WHEN_VALUES + 1]);
    struct policy_when *grown = realloc(checks->whens, (checks->when_count + 1) * sizeof *grown);
    if (grown == NULL)
        return fail(error, POLICY_MEMORY, number, NULL);
    checks->whens = grown;
    struct policy_when *when = &grown[checks->when_count++];
    *when = (struct policy_when){ .path = policy_copy(words[0].text, words[0].length) };
    if (when->path == NULL)
        return fail(error, POLICY_MEMORY, number, NULL);
    when->node = policy_rule_path(policy, &words[0], number, error);
    if (when->node == JSON_NO_NODE)
        return -1;
    size_t at = 0;
    enum policy_cause cause = set_values(when, words + 1, count - 1, &at);
    return cause == POLICY_OK ? 0 : fail(error, cause, number, &words[1 + at]);
}

static int add_unmatched(struct policy *policy, const struct policy_word *words, size_t count,
    unsigned number, struct policy_error *error)
{
    struct policy_checks *checks = &policy->checks;
    bool when = count > 2;
    /* Only "when" may follow "when"; any other line may occur once. */
    if (checks->unmatched_given && !(when && checks->when_count > 0))
        return fail(error, POLICY_REPEATED, number, &words[0]);
    bool keep = policy_word_is(&words[1], "keep");
    if (!keep && !policy_word_is(&words[1], "seal"))
        return fail(error, POLICY_WORD, number, &words[1]);
    if (when && (!keep || !policy_word_is(&words[2], "when")))
        return fail(error, POLICY_WORD, number, &words[2]);
    checks->unmatched_given = true;
    if (!when) {
        checks->unmatched = keep ? POLICY_PASS : POLICY_SEAL;
        return 0;
    }
    if (count < 5) {
        struct policy_word last = policy_word_after(&words[count - 1]);
        return fail(error, POLICY_MISSING_WORD, number, &last);
    }
    return add_when(policy, words + 3, count - 3, number, error);
}

/* ---- near and detect ------------------------------------------------------------------------- */

static int add_near(struct policy *policy, const struct policy_word *words, size_t count,
    unsigned number, struct policy_error *error)
{
    bool keep = policy_word_is(&words[1], "keep");
    if (policy->checks.near_given)
        return fail(error, POLICY_REPEATED, number, &words[0]);
    if (!keep && !policy_word_is(&words[1], "seal"))
        return fail(error, POLICY_WORD, number, &words[1]);
    if (count > 2)
        return fail(error, POLICY_WORD, number, &words[2]);
    policy->checks.near_given = true;
    policy->checks.near = keep ? POLICY_PASS : POLICY_SEAL;
    return 0;
}

static enum policy_cause read_kinds(const struct policy_checks *checks,
    const struct policy_word *word, unsigned *kinds)
{
    const char *end = word->text + word->length;
    unsigned known = checks->detect_seal | checks->detect_redact;
    *kinds = DETECT_NONE;
    for (const char *name = word->text; name <= end;) {
        const char *comma = memchr(name, ',', (size_t)(end - name));
        const char *past = comma != NULL ? comma : end;
        enum detect_kind kind = detect_of_name(name, (size_t)(past - name));
        if (kind == DETECT_KINDS)
            return POLICY_DETECT_KIND;
        if ((known | *kinds) & DETECT_BIT(kind))
            return POLICY_REPEATED;
        *kinds |= DETECT_BIT(kind);
        name = past + 1;
    }
    return POLICY_OK;
}

static int add_detect(struct policy *policy, const struct policy_word *words, size_t count,
    unsigned number, struct policy_error *error)
{
    struct policy_checks *checks = &policy->checks;
    unsigned kinds;
    enum policy_cause cause = read_kinds(checks, &words[1], &kinds);
    if (cause != POLICY_OK)
        return fail(error, cause, number, &words[1]);
    if (count < 3) {
        struct policy_word last = policy_word_after(&words[1]);
        return fail(error, POLICY_MISSING_WORD, number, &last);
    }
    bool redact = policy_word_is(&words[2], "redact");
    if (!redact && !policy_word_is(&words[2], "seal"))
        return fail(error, POLICY_WORD, number, &words[2]);
    if (count > 3)
        return fail(error, POLICY_WORD, number, &words[3]);
    if (redact)
        checks->detect_redact |= kinds;
    else
        checks->detect_seal |= kinds;
    return 0;
}

int policy_checks_add(struct policy *policy, const struct policy_word *words, size_t count,
    unsigned number, struct policy_error *error)
{
    if (count < 2) {
        struct policy_word last = policy_word_after(&words[0]);
        return fail(error, POLICY_MISSING_WORD, number, &last);
    }
    if (policy_word_is(&words[0], "unmatched"))
        return add_unmatched(policy, words, count, number, error);
    if (policy_word_is(&words[0], "near"))
        return add_near(policy, words, count, number, error);
    return add_detect(policy, words, count, number, error);
}

/* ---- printing -------------------------------------------------------------------------------- */

static void print_kinds(struct buf *out, unsigned kinds, const char *action)
{
    if (kinds == DETECT_NONE)
        return;
    const char *before = "detect ";
    for (enum detect_kind kind = 0; kind < DETECT_KINDS; kind++) {
        if (!(kinds & DETECT_BIT(kind)))
            continue;
        buf_printf(out, "%s%s", before, detect_name(kind));
        before = ",";
    }
    buf_printf(out, " %s\n", action);
}

void policy_checks_print(const struct policy *policy, struct buf *out)
{
    const struct policy_checks *checks = &policy->checks;
    for (size_t i = 0; i < checks->when_count; i++) {
        const struct policy_when *when = &checks->whens[i];
        buf_printf(out, "unmatched keep when %s", when->path);
        for (size_t k = 0; k < when->count; k++)
            policy_word_print(out, " ", when->values[k], when->lengths[k]);
        buf_putc(out, '\n');
    }
    if (checks->when_count == 0)
        buf_printf(out, "unmatched %s\n", checks->unmatched == POLICY_PASS ? "keep" : "seal");
    buf_printf(out, "near %s\n", checks->near == POLICY_PASS ? "keep" : "seal");
    print_kinds(out, checks->detect_seal, "seal");
    print_kinds(out, checks->detect_redact, "redact");
}
