#include <stdlib.h>
#include <string.h>

#include "json/string.h"
#include "mask/checks.h"
#include "mask/near.h"
#include "mask/personal.h"

struct checks {
    const struct compiled *compiled;
    struct near *near;
    struct personal *personal; /* NULL: detect is off */
    unsigned known;            /* envelopes reported so far, a bit for each kind */
};

struct checks *checks_new(const struct compiled *compiled)
{
    const struct policy_checks *wanted = &compiled->policy->checks;
    bool detects = (wanted->detect_seal | wanted->detect_redact) != DETECT_NONE;
    struct checks *checks = calloc(1, sizeof *checks);
    if (checks == NULL)
        return NULL;
    checks->compiled = compiled;
    checks->near = near_new(compiled);
    checks->personal = detects ? personal_new(compiled) : NULL;
    if (checks->near == NULL || (detects && checks->personal == NULL)) {
        checks_free(checks);
        return NULL;
    }
    return checks;
}

void checks_free(struct checks *checks)
{
    if (checks == NULL)
        return;
    near_free(checks->near);
    personal_free(checks->personal);
    free(checks);
}

/* ---- unmatched ------------------------------------------------------------------------------- */

static bool is_one_of(const struct policy_when *when, const char *text,
    const struct json_match *match)
{
    const char *value = text + match->value;
    size_t length = match->end - match->value;
    for (size_t i = 0; i < when->count; i++) {
        bool same = match->kind == JSON_STRING
            ? json_string_equals(value, length, when->values[i], when->lengths[i])
            : length == when->lengths[i] && memcmp(value, when->values[i], length) == 0;
        if (same)
            return true;
    }
    return false;
}

/* Return true when the member that ${when} names exists and has one of its values. Each occurrence
 * of a repeated key must have one, as a reader may take any of them. */
static bool is_harmless(const struct policy_when *when, const struct checks_record *record)
{
    const struct json_matches *matches = record->matches;
    bool found = false;
    for (size_t i = 0; i < matches->count; i++) {
        if (matches->list[i].node != when->node)
            continue;
        if (!is_one_of(when, record->text, &matches->list[i]))
            return false;
        found = true;
    }
    return found;
}

static bool is_unmatched(const struct checks *checks, const struct checks_record *record)
{
    const struct policy_checks *wanted = &checks->compiled->policy->checks;
    if (record->found > 0 || record->masked || record->failed || wanted->unmatched == POLICY_PASS ||
        checks->compiled->hiding_rules == 0)
        return false;
    for (size_t i = 0; i < wanted->when_count; i++)
        if (is_harmless(&wanted->whens[i], record))
            return false;
    return true;
}

/* Return the kind of envelope at the root, unless it has been reported before. */
static enum envelope_kind find_envelope(struct checks *checks, const struct checks_record *record)
{
    const struct json_matches *matches = record->matches;
    for (size_t i = 0; i < matches->count; i++) {
        const struct json_match *match = &matches->list[i];
        if (match->node != checks->compiled->policy->root || match->kind != JSON_OBJECT)
            continue;
        enum envelope_kind kind =
            envelope_recognise(record->text + match->value, match->end - match->value, NULL);
        if (checks->known & 1U << kind)
            return ENVELOPE_NONE;
        checks->known |= 1U << kind;
        return kind;
    }
    return ENVELOPE_NONE;
}

/* ---- the order of the checks ----------------------------------------------------------------- */

static void refuse(struct checks_result *result, enum refusal refusal, const char *path)
{
    if (result->refusal != REFUSAL_NONE)
        return;
    result->refusal = refusal;
    result->path = path;
}

/* Report the first of: a key in another spelling, no match at all, a personal value under a key of
 * a rule, the key elsewhere, a finding of detect. */
int checks_check(struct checks *checks, const struct checks_record *record,
    struct checks_result *result)
{
    enum near_result near = NEAR_NOTHING;
    const char *path = NULL;
    *result = (struct checks_result){ .refusal = REFUSAL_NONE, .envelope = ENVELOPE_NONE };
    if (record->near) {
        const struct near_record members = { record->text, record->matches, record->serial,
            record->masked };
        near = near_check(checks->near, &members, &path);
    }
    if (near == NEAR_FAILED)
        return -1;
    if (near == NEAR_SPELLING)
        refuse(result, REFUSAL_NEAR_SPELLING, path);
    if (is_unmatched(checks, record)) {
        refuse(result, REFUSAL_UNMATCHED, NULL);
        result->envelope = find_envelope(checks, record);
    }
    if (near == NEAR_VALUE)
        refuse(result, REFUSAL_NEAR_VALUE, path);
    if (near == NEAR_ELSEWHERE)
        refuse(result, REFUSAL_NEAR_ELSEWHERE, path);
    if (checks->personal == NULL)
        return 0;
    enum detect_kind kind;
    switch (
        personal_check(checks->personal, record->text, record->length, record->matches, &kind)) {
    case PERSONAL_NOTHING:
        break;
    case PERSONAL_REDACT:
        result->redacts = true;
        break;
    case PERSONAL_SEAL:
        refuse(result, REFUSAL_DETECT, detect_name(kind));
        break;
    case PERSONAL_FAILED:
        return -1;
    }
    return 0;
}

void checks_redact(struct checks *checks, struct json_splice *splice, size_t offset)
{
    personal_redact(checks->personal, splice, offset);
}

enum token_result checks_keys(struct checks *checks, const struct buf *written)
{
    return checks->personal == NULL
        ? TOKEN_OK
        : personal_keys(checks->personal, written->data, written->length);
}
