#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/scan.h"
#include "json/splice.h"
#include "mask/compiled.h"
#include "mask/mask.h"
#include "mask/method_table.h"
#include "mask/opening.h"
#include "mask/reference.h"
#include "mask/refusal.h"
#include "mask/rewrap.h"
#include "mask/sealing.h"

enum { GIVEN_BACK_ABOVE = 1 << 20 };

struct rewrap {
    const struct policy *policy;
    const struct keyring *ring;
    size_t key;        /* for records that name none */
    struct mask *mask; /* judges records that name one, and seals */
    struct compiled *compiled;
    bool *clear; /* indexed by node: must be free in a masked record */
    void **left; /* indexed by rule: state of an irreversible method that masks in place */
    struct sealing *sealing;
    struct opening *opening;
    struct json_matches matches;
    struct buf value; /* a clear value, which never leaves this struct */
    struct buf scratch;
    struct reference reference;
    struct buf arrived;
    char id[KEYRING_ID + 3]; /* of the primary key, as a JSON string */
};

struct findings {
    bool has_pii;
    bool has_error; /* or sealed content */
    bool has_root;
    bool has_value; /* a value to move, or one that shows that it is masked */
    size_t key;
    enum refusal refusal; /* the first mistake */
    const char *path;     /* place in the policy's spelling, or NULL */
};

/* ---- making ---------------------------------------------------------------------------------- */

static void set_clear(struct rewrap *rewrap)
{
    const struct policy *policy = rewrap->policy;
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct policy_rule *rule = &policy->rules[i];
        if (rule->method->action == METHOD_DROP ||
            (rule->method->action == METHOD_REPLACE && rule->name != NULL))
            rewrap->clear[rule->node] = true;
    }
    for (enum policy_aside aside = POLICY_CONTENT + 1; aside < POLICY_ASIDES; aside++)
        if (!policy->named[aside])
            rewrap->clear[policy->asides[aside]] = true;
}

/* Open the states that tell whether an irreversible value that stays in its place looks masked. */
static bool open_left(struct rewrap *rewrap)
{
    const struct policy *policy = rewrap->policy;
    rewrap->left = calloc(policy->rule_count + 1, sizeof *rewrap->left);
    for (size_t i = 0; rewrap->left != NULL && i < policy->rule_count; i++) {
        const struct policy_rule *rule = &policy->rules[i];
        const struct method_work *work = method_table_work(rule->method);
        if (work == NULL || work->made == NULL || rule->method->reversible || rule->name != NULL)
            continue;
        const struct method_use use = { rewrap->ring, rule->domain, rule->domain_length,
            rule->options, rule->text };
        rewrap->left[i] = work->open(&use);
        if (rewrap->left[i] == NULL)
            return false;
    }
    return rewrap->left != NULL;
}

static void close_left(struct rewrap *rewrap)
{
    for (size_t i = 0; rewrap->left != NULL && i < rewrap->policy->rule_count; i++)
        if (rewrap->left[i] != NULL)
            method_table_work(rewrap->policy->rules[i].method)->close(rewrap->left[i]);
    free(rewrap->left);
}

struct rewrap *rewrap_new(const struct policy *policy, const struct keyring *ring)
{
    struct rewrap *rewrap = calloc(1, sizeof *rewrap);
    if (rewrap == NULL)
        return NULL;
    rewrap->policy = policy;
    rewrap->ring = ring;
    rewrap->key = KEYRING_NONE;
    buf_init(&rewrap->value, SIZE_MAX);
    buf_init(&rewrap->scratch, SIZE_MAX);
    reference_init(&rewrap->reference);
    buf_init(&rewrap->arrived, SIZE_MAX);
    (void)snprintf(rewrap->id, sizeof rewrap->id, "\"%s\"",
        keyring_id(ring, keyring_primary(ring)));
    /* The first adds paths to the policy, which the second must know. */
    rewrap->mask = mask_new(policy, ring);
    rewrap->compiled = rewrap->mask != NULL ? compiled_new(policy, ring, COMPILED_UNMASK) : NULL;
    rewrap->sealing = sealing_new(policy, ring, "mask");
    rewrap->opening = opening_new(policy, ring);
    if (rewrap->compiled != NULL)
        rewrap->clear = calloc(rewrap->compiled->count, sizeof *rewrap->clear);
    if (rewrap->clear == NULL || rewrap->sealing == NULL || rewrap->opening == NULL ||
        !open_left(rewrap)) {
        rewrap_free(rewrap);
        return NULL;
    }
    set_clear(rewrap);
    mask_trust_claims(rewrap->mask);
    return rewrap;
}

void rewrap_free(struct rewrap *rewrap)
{
    if (rewrap == NULL)
        return;
    mask_free(rewrap->mask);
    compiled_free(rewrap->compiled);
    sealing_free(rewrap->sealing);
    opening_free(rewrap->opening);
    json_matches_free(&rewrap->matches);
    close_left(rewrap);
    free(rewrap->clear);
    buf_wipe(&rewrap->value);
    buf_wipe(&rewrap->scratch);
    reference_free(&rewrap->reference);
    buf_wipe(&rewrap->arrived);
    free(rewrap);
}

void rewrap_assume_key(struct rewrap *rewrap, size_t key)
{
    rewrap->key = key;
}

/* ---- looking --------------------------------------------------------------------------------- */

static void refuse(struct findings *findings, enum refusal refusal, const char *path)
{
    if (findings->refusal != REFUSAL_NONE)
        return;
    findings->refusal = refusal;
    findings->path = path;
}

static void look_at_step(const struct rewrap *rewrap, const struct compiled_node *node,
    const struct json_match *match, struct findings *findings)
{
    bool fits = compiled_fits(node, match);
    if (node->root && !fits)
        refuse(findings, REFUSAL_ROOT_KIND, rewrap->policy->root_path);
    else if (match->node == rewrap->policy->root)
        findings->has_root = true;
    else if (!fits && match->kind != JSON_NULL)
        refuse(findings, REFUSAL_KIND, NULL);
}

/* Check that an irreversible value in a record without "pii" looks masked. */
static void look_at_left(struct rewrap *rewrap, const char *text, size_t number,
    const struct json_match *match, struct findings *findings)
{
    const struct policy_rule *rule = &rewrap->policy->rules[number];
    findings->has_value = true;
    if (token_is_nothing(match) || rule->name != NULL)
        return;
    const struct token_value value = token_value_of(text, match);
    if (rewrap->left[number] == NULL ||
        !method_table_work(rule->method)->made(rewrap->left[number], &value, &rewrap->scratch))
        refuse(findings, REFUSAL_UNCLEAR, rule->path);
}

/* Return 0, or -1 when memory runs out. */
static int look(struct rewrap *rewrap, const char *text, struct findings *findings)
{
    *findings = (struct findings){ .key = rewrap->key };
    buf_clear(&rewrap->scratch);
    for (size_t i = 0; i < rewrap->matches.count; i++) {
        const struct json_match *match = &rewrap->matches.list[i];
        const struct compiled_node *node = &rewrap->compiled->nodes[match->node];
        findings->has_pii = findings->has_pii || node->role == COMPILED_PII;
        findings->has_error =
            findings->has_error || node->role == COMPILED_ERROR || node->role == COMPILED_SEALED;
        findings->has_value = findings->has_value || node->role == COMPILED_VALUE;
        if (node->role == COMPILED_PII_KEY)
            findings->key = token_key_named(rewrap->ring, text, match);
        else if (node->role == COMPILED_STEP)
            look_at_step(rewrap, node, match, findings);
        else if (node->role == COMPILED_LEFT)
            look_at_left(rewrap, text, node->rule, match, findings);
        if (rewrap->scratch.failed)
            return -1;
        if (rewrap->clear[match->node])
            refuse(findings, REFUSAL_CLEAR, NULL);
    }
    if (!findings->has_root)
        refuse(findings, REFUSAL_ROOT_MISSING, rewrap->policy->root_path);
    if (!findings->has_value)
        refuse(findings, REFUSAL_UNMASKED, NULL);
    return 0;
}

/* ---- moving ---------------------------------------------------------------------------------- */

static enum token_result give(struct rewrap *rewrap, const struct compiled_rule *rule, size_t key,
    size_t with, const char *text)
{
    return reference_set(&rewrap->reference, rewrap->compiled, rule, key, with, true, text,
        &rewrap->matches);
}

static enum token_result move_value(struct rewrap *rewrap, const struct compiled_rule *rule,
    size_t key, struct json_splice *splice, const struct json_match *match)
{
    const struct method_work *work = rule->work;
    struct json_result scanned;
    if (token_is_nothing(match))
        return TOKEN_OK;
    const struct token_value masked = token_value_of(splice->text, match);
    buf_clear(&rewrap->value);
    enum token_result result = give(rewrap, rule, key, key, splice->text);
    if (result == TOKEN_OK)
        result = work->unmask(rule->state, key, &masked, &rewrap->scratch, &rewrap->value);
    if (result != TOKEN_OK)
        return result;
    const struct buf *clear = &rewrap->value;
    if (json_scan(clear->data, clear->length, NULL, JSON_MAX_DEPTH, NULL, &scanned) != JSON_OK)
        return TOKEN_MALFORMED;
    const struct token_value value = { clear->data, clear->length, scanned.kind,
        memchr(clear->data, '\\', clear->length) == NULL };
    result = give(rewrap, rule, key, keyring_primary(rewrap->ring), splice->text);
    if (result != TOKEN_OK)
        return result;
    json_splice_copy(splice, match->value);
    json_splice_skip(splice, match->end);
    return work->mask(rule->state, keyring_primary(rewrap->ring), &value, &rewrap->scratch,
        splice->out);
}

static enum token_result write_moved(struct rewrap *rewrap, const char *text, size_t length,
    struct findings *findings, struct buf *out)
{
    struct json_splice splice = { out, text, length, 0 };
    for (size_t i = 0; i < rewrap->matches.count; i++) {
        const struct json_match *match = &rewrap->matches.list[i];
        const struct compiled_node *node = &rewrap->compiled->nodes[match->node];
        if (match->value < splice.cursor)
            continue; /* inside a finished member */
        if (node->role == COMPILED_PII_KEY) {
            json_splice_copy(&splice, match->value);
            buf_puts(out, rewrap->id);
            json_splice_skip(&splice, match->end);
        }
        if (node->role != COMPILED_VALUE)
            continue;
        const struct compiled_rule *rule = &rewrap->compiled->rules[node->rule];
        enum token_result result = move_value(rewrap, rule, findings->key, &splice, match);
        if (result != TOKEN_OK) {
            findings->path = rule->rule->path;
            return result;
        }
    }
    return json_splice_finish(&splice) == 0 ? TOKEN_OK : TOKEN_FAILED;
}

/* ---- records --------------------------------------------------------------------------------- */

static enum filter_outcome seal(struct rewrap *rewrap, const char *text, size_t length,
    const struct findings *findings, struct buf *out)
{
    char detail[REFUSAL_DETAIL_SIZE];
    const char *says = refusal_detail(findings->refusal);
    buf_clear(out);
    return filter_error(sealing_record(rewrap->sealing, text, length,
        refusal_code(findings->refusal), refusal_detail_at(findings->path, says, detail), out));
}

static bool is_same(const char *text, size_t length, const struct buf *out)
{
    return out->length == length + 1 && memcmp(out->data, text, length) == 0;
}

static enum filter_outcome move(struct rewrap *rewrap, const char *text, size_t length,
    struct findings *findings, struct buf *out)
{
    switch (write_moved(rewrap, text, length, findings, out)) {
    case TOKEN_OK:
        return is_same(text, length, out) ? FILTER_PASSED : FILTER_CHANGED;
    case TOKEN_MALFORMED:
        findings->refusal = REFUSAL_TOKEN;
        break;
    case TOKEN_UNKNOWN_KEY:
        findings->refusal = REFUSAL_UNKNOWN_KEY;
        break;
    case TOKEN_NO_KEY_ID:
        findings->refusal = REFUSAL_NO_KEY_ID;
        break;
    case TOKEN_FAILED:
        if (!out->failed)
            return FILTER_FAILED;
        findings->refusal = REFUSAL_TOO_LARGE;
        findings->path = NULL;
        break;
    }
    return seal(rewrap, text, length, findings, out);
}

static enum filter_outcome explain(struct rewrap *rewrap, const struct line *line,
    enum opening_result why, struct buf *out)
{
    bool unknown = why == OPENING_UNKNOWN_KEY;
    const char *says = unknown ? "sealed with a key that is not in the key file"
                               : "sealed was changed, or is none of ours";
    buf_clear(out);
    return filter_error(sealing_explain(rewrap->sealing, line->text, line->length,
        unknown ? "unknown-key" : "token", says, out));
}

/*
 * Process an error record. Move its sealed content first, then treat it like all error records that
 * arrive at pii-mask: clear content beside it is sealed.
 */
static enum filter_outcome rewrap_error(struct rewrap *rewrap, const struct line *line,
    struct buf *out)
{
    struct buf *arrived = &rewrap->arrived;
    struct line again = *line;
    buf_clear(arrived);
    enum opening_result result = opening_reseal(rewrap->opening, line->text, line->length, arrived);
    if (result == OPENING_FAILED)
        return FILTER_FAILED;
    bool moved = result == OPENING_OPENED || result == OPENING_NONE;
    if (moved) {
        again.text = arrived->data;
        again.length = arrived->length - 1; /* without its newline */
    }
    const struct filter_work work = mask_work(rewrap->mask);
    enum filter_outcome outcome = work.line(work.state, &again, out);
    if (outcome != FILTER_ERROR)
        return outcome;
    bool same = is_same(line->text, line->length, out);
    if (!moved)
        return same ? explain(rewrap, line, result, out) : FILTER_ERROR;
    return same ? FILTER_PASSED : FILTER_OPENED;
}

/* Move a record and judge the result: it may be sealed, or have pieces redacted. */
static enum filter_outcome move_and_judge(struct rewrap *rewrap, const struct line *line,
    struct findings *findings, struct buf *out)
{
    struct buf *moved = &rewrap->arrived;
    struct line again = *line;
    enum filter_outcome outcome = move(rewrap, line->text, line->length, findings, out);
    if (outcome != FILTER_PASSED && outcome != FILTER_CHANGED)
        return outcome;
    buf_clear(moved);
    if (buf_append(moved, out->data, out->length) != 0)
        return FILTER_FAILED;
    again.text = moved->data;
    again.length = moved->length - 1; /* without its newline */
    buf_clear(out);
    const struct filter_work work = mask_work(rewrap->mask);
    outcome = work.line(work.state, &again, out);
    if (outcome != FILTER_PASSED)
        return outcome;
    return is_same(line->text, line->length, out) ? FILTER_PASSED : FILTER_CHANGED;
}

static enum filter_outcome rewrap_record(struct rewrap *rewrap, const struct line *line,
    struct buf *out)
{
    struct findings findings;
    if (look(rewrap, line->text, &findings) != 0)
        return FILTER_FAILED;
    if (findings.has_error)
        return rewrap_error(rewrap, line, out);
    if (!findings.has_pii)
        return findings.refusal != REFUSAL_NONE
            ? seal(rewrap, line->text, line->length, &findings, out)
            : move_and_judge(rewrap, line, &findings, out);
    const struct filter_work work = mask_work(rewrap->mask);
    enum filter_outcome outcome = work.line(work.state, line, out);
    if (outcome != FILTER_PASSED)
        return outcome;
    bool redacted = !is_same(line->text, line->length, out);
    buf_clear(out);
    return redacted ? move_and_judge(rewrap, line, &findings, out)
                    : move(rewrap, line->text, line->length, &findings, out);
}

static enum filter_outcome rewrap_line(void *state, const struct line *line, struct buf *out)
{
    struct rewrap *rewrap = state;
    struct json_result result;
    enum filter_outcome outcome;
    enum json_error error = json_scan(line->text, line->length, rewrap->policy->paths,
        JSON_MAX_DEPTH, &rewrap->matches, &result);
    if (error == JSON_OK && result.kind == JSON_OBJECT)
        outcome = rewrap_record(rewrap, line, out);
    else
        outcome = filter_error(sealing_line(rewrap->sealing, line, error, NULL, out));
    buf_shrink(&rewrap->value, GIVEN_BACK_ABOVE);
    buf_shrink(&rewrap->scratch, GIVEN_BACK_ABOVE);
    reference_shrink(&rewrap->reference, GIVEN_BACK_ABOVE);
    buf_shrink(&rewrap->arrived, GIVEN_BACK_ABOVE);
    json_matches_shrink(&rewrap->matches, GIVEN_BACK_ABOVE);
    return outcome;
}

static enum filter_outcome rewrap_long_line(void *state, const char *text, size_t length,
    struct buf *out)
{
    struct rewrap *rewrap = state;
    return filter_error(sealing_long(rewrap->sealing, text, length, out));
}

struct filter_work rewrap_work(struct rewrap *rewrap)
{
    return (struct filter_work){ rewrap, rewrap_line, rewrap_long_line, NULL };
}
