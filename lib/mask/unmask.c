#include <stdlib.h>
#include <string.h>

#include "json/scan.h"
#include "json/splice.h"
#include "json/strings.h"
#include "mask/compiled.h"
#include "mask/opening.h"
#include "mask/reference.h"
#include "mask/refusal.h"
#include "mask/sealing.h"
#include "mask/unmask.h"

enum { GIVEN_BACK_ABOVE = 1 << 20 };

struct unmask {
    const struct policy *policy;
    const struct keyring *ring;
    size_t key; /* for records that name none */
    struct compiled *compiled;
    struct sealing *sealing;
    struct opening *opening;
    struct json_matches matches;
    struct buf scratch;
    struct reference reference;
    uint64_t *values; /* values unmasked, indexed by rule */
    uint64_t left;    /* records without a value for the policy, but with tokens */
    uint64_t serial;  /* of the current record */
};

struct findings {
    bool has_root;
    bool has_error;
    bool has_sealed;
    bool has_pii;
    bool has_value;  /* a value to unmask */
    bool has_masked; /* such a value that is neither null nor "" */
    bool has_left;   /* a value of an irreversible method */
    size_t key;      /* named by the record, or given; else NONE */
    bool unknown;    /* the record names a key that is not in the ring, or more than one */
    const char *code;
    const char *says;
    const char *path;
};

struct unmask *unmask_new(const struct policy *policy, const struct keyring *ring)
{
    struct unmask *unmask = calloc(1, sizeof *unmask);
    if (unmask == NULL)
        return NULL;
    unmask->policy = policy;
    unmask->ring = ring;
    unmask->key = KEYRING_NONE;
    buf_init(&unmask->scratch, SIZE_MAX);
    reference_init(&unmask->reference);
    unmask->values = calloc(policy->rule_count + 1, sizeof *unmask->values);
    unmask->compiled = compiled_new(policy, ring, COMPILED_UNMASK);
    unmask->sealing = sealing_new(policy, ring, "unmask");
    unmask->opening = opening_new(policy, ring);
    if (unmask->values == NULL || unmask->compiled == NULL || unmask->sealing == NULL ||
        unmask->opening == NULL) {
        unmask_free(unmask);
        return NULL;
    }
    return unmask;
}

uint64_t unmask_values(const struct unmask *unmask, size_t rule)
{
    return unmask->values[rule];
}

uint64_t unmask_left(const struct unmask *unmask)
{
    return unmask->left;
}

void unmask_assume_key(struct unmask *unmask, size_t key)
{
    unmask->key = key;
}

void unmask_free(struct unmask *unmask)
{
    if (unmask == NULL)
        return;
    compiled_free(unmask->compiled);
    sealing_free(unmask->sealing);
    opening_free(unmask->opening);
    json_matches_free(&unmask->matches);
    buf_wipe(&unmask->scratch);
    reference_free(&unmask->reference);
    free(unmask->values);
    free(unmask);
}

static void refuse(struct findings *findings, const char *code, const char *says, const char *path)
{
    if (findings->code != NULL)
        return;
    findings->code = code;
    findings->says = says;
    findings->path = path;
}

/* ---- looking --------------------------------------------------------------------------------- */

static void look_at_step(const struct unmask *unmask, const struct compiled_node *node,
    const struct json_match *match, struct findings *findings)
{
    bool fits = compiled_fits(node, match);
    if (node->root && !fits)
        refuse(findings, "root", "the value at the root is not an object",
            unmask->policy->root_path);
    else if (match->node == unmask->policy->root)
        findings->has_root = true;
    else if (!fits && match->kind != JSON_NULL)
        refuse(findings, "kind", "a step of a path meets a value of another kind", NULL);
}

static void look_for_values(struct unmask *unmask, struct findings *findings)
{
    for (size_t i = 0; i < unmask->matches.count; i++) {
        const struct compiled_node *node = &unmask->compiled->nodes[unmask->matches.list[i].node];
        if (node->role == COMPILED_VALUE) {
            findings->has_value = true;
            findings->has_masked =
                findings->has_masked || !token_is_nothing(&unmask->matches.list[i]);
            unmask->compiled->rules[node->rule].seen = unmask->serial;
        }
    }
}

/* Find the key that the record names. */
static void look_at_key(const struct unmask *unmask, const char *text,
    const struct json_match *match, struct findings *findings)
{
    size_t key = token_key_named(unmask->ring, text, match);
    bool other = findings->key != KEYRING_NONE && findings->key != key;
    findings->unknown = findings->unknown || key == KEYRING_NONE || other;
    findings->key = key;
}

/* Return true when a string outside "pii" looks like a token: no rule of the policy names it. */
static bool has_token(const struct unmask *unmask, const char *text, size_t length)
{
    const struct json_match *list = unmask->matches.list;
    struct json_string_place place;
    size_t pii = 0; /* the first "pii" that is not before the string: both go along the text */
    for (size_t at = 0; json_strings_next(text, length, &at, &place);) {
        if (!place.plain || !token_is_alike(text + place.start + 1, place.end - place.start - 2))
            continue;
        while (pii < unmask->matches.count &&
            (unmask->compiled->nodes[list[pii].node].role != COMPILED_PII ||
                list[pii].end <= place.start))
            pii++;
        if (pii == unmask->matches.count || place.start < list[pii].value)
            return true;
    }
    return false;
}

static void look(struct unmask *unmask, const char *text, struct findings *findings)
{
    *findings = (struct findings){ .key = KEYRING_NONE };
    look_for_values(unmask, findings);
    for (size_t i = 0; i < unmask->matches.count; i++) {
        const struct json_match *match = &unmask->matches.list[i];
        const struct compiled_node *node = &unmask->compiled->nodes[match->node];
        if (node->role == COMPILED_STEP)
            look_at_step(unmask, node, match, findings);
        else if (node->role == COMPILED_TAKEN &&
            unmask->compiled->rules[node->rule].seen == unmask->serial)
            refuse(findings, "collision",
                "the record has both the original name and the masked one",
                unmask->compiled->rules[node->rule].rule->path);
        findings->has_left =
            findings->has_left || (node->role == COMPILED_LEFT && !token_is_nothing(match));
        if (node->role == COMPILED_PII_KEY)
            look_at_key(unmask, text, match, findings);
        findings->has_pii = findings->has_pii || node->role == COMPILED_PII;
        findings->has_error = findings->has_error || node->role == COMPILED_ERROR;
        findings->has_sealed = findings->has_sealed || node->role == COMPILED_SEALED;
    }
    if (!findings->has_root)
        refuse(findings, "root", "there is no value at the root", unmask->policy->root_path);
    if (!findings->has_pii)
        findings->key = unmask->key;
}

/* ---- writing --------------------------------------------------------------------------------- */

static enum token_result write_value(struct unmask *unmask, const struct findings *findings,
    const struct compiled_rule *rule, struct json_splice *splice, const struct json_match *match)
{
    if (rule->key.length > 0) {
        json_splice_copy(splice, match->key);
        buf_append(splice->out, rule->key.data, rule->key.length);
        json_splice_skip(splice, json_key_end_before(splice->text, match->value));
    }
    if (token_is_nothing(match)) {
        json_splice_copy(splice, match->end);
        return TOKEN_OK;
    }
    json_splice_copy(splice, match->value);
    json_splice_skip(splice, match->end);
    const struct token_value value = token_value_of(splice->text, match);
    if (rule->method->needs_key_id && findings->unknown)
        return TOKEN_UNKNOWN_KEY;
    enum token_result given = reference_set(&unmask->reference, unmask->compiled, rule,
        findings->key, findings->key, true, splice->text, &unmask->matches);
    if (given != TOKEN_OK)
        return given;
    return rule->work->unmask(rule->state, findings->key, &value, &unmask->scratch, splice->out);
}

static enum token_result write_clear(struct unmask *unmask, const char *text, size_t length,
    struct findings *findings, struct buf *out)
{
    struct json_splice splice = { out, text, length, 0 };
    bool keeps_claim = findings->has_left && !findings->has_value;
    for (size_t i = 0; i < unmask->matches.count; i++) {
        const struct json_match *match = &unmask->matches.list[i];
        const struct compiled_node *node = &unmask->compiled->nodes[match->node];
        if (match->value < splice.cursor)
            continue; /* inside a removed member */
        if (node->role == COMPILED_PII && !keeps_claim)
            json_splice_remove(&splice, match->key, match->end);
        if (node->role != COMPILED_VALUE)
            continue;
        const struct compiled_rule *rule = &unmask->compiled->rules[node->rule];
        enum token_result result = write_value(unmask, findings, rule, &splice, match);
        if (result != TOKEN_OK) {
            findings->path = rule->rule->path;
            return result;
        }
    }
    return json_splice_finish(&splice) == 0 ? TOKEN_OK : TOKEN_FAILED;
}

/* Count the values of an unmasked record. */
static void count_values(struct unmask *unmask)
{
    for (size_t i = 0; i < unmask->matches.count; i++) {
        const struct json_match *match = &unmask->matches.list[i];
        const struct compiled_node *node = &unmask->compiled->nodes[match->node];
        if (node->role == COMPILED_VALUE && !token_is_nothing(match))
            unmask->values[node->rule]++;
    }
}

/* ---- records --------------------------------------------------------------------------------- */

static enum filter_outcome explain(struct unmask *unmask, const char *text, size_t length,
    const struct findings *findings, struct buf *out)
{
    char detail[REFUSAL_DETAIL_SIZE];
    buf_clear(out);
    return filter_error(sealing_explain(unmask->sealing, text, length, findings->code,
        refusal_detail_at(findings->path, findings->says, detail), out));
}

/* Return true when a full buffer, and not memory, is the cause. */
static bool refuse_too_large(struct findings *findings, const struct buf *out)
{
    if (!out->failed)
        return false;
    refuse(findings, "too-large", "unmasked, the record would be too long", NULL);
    return true;
}

static enum filter_outcome open_record(struct unmask *unmask, const char *text, size_t length,
    struct buf *out)
{
    struct findings findings = { 0 };
    switch (opening_open(unmask->opening, text, length, out)) {
    case OPENING_OPENED:
        return FILTER_OPENED;
    case OPENING_NONE:
        return FILTER_PASSED;
    case OPENING_BAD_TOKEN:
        refuse(&findings, "token", "sealed was changed, or is none of ours", NULL);
        break;
    case OPENING_UNKNOWN_KEY:
        refuse(&findings, "unknown-key", "sealed with a key that is not in the key file", NULL);
        break;
    case OPENING_COLLISION:
        refuse(&findings, "collision", "the record has a member of the name of a sealed one", NULL);
        break;
    case OPENING_FAILED:
        if (!refuse_too_large(&findings, out))
            return FILTER_FAILED;
        break;
    }
    return explain(unmask, text, length, &findings, out);
}

static enum filter_outcome unmask_record(struct unmask *unmask, const char *text, size_t length,
    struct buf *out)
{
    struct findings findings;
    unmask->serial++;
    look(unmask, text, &findings);
    /* A record that could not be undone before, for lack of a key, is like any other. */
    if (findings.has_sealed || (findings.has_error && !findings.has_value))
        return open_record(unmask, text, length, out);
    if (findings.code != NULL)
        return explain(unmask, text, length, &findings, out);
    if (findings.has_pii && !findings.has_masked && has_token(unmask, text, length)) {
        struct json_splice unchanged = { out, text, length, 0 };
        unmask->left += !findings.has_left;
        return json_splice_finish(&unchanged) == 0 ? FILTER_PASSED : FILTER_FAILED;
    }
    switch (write_clear(unmask, text, length, &findings, out)) {
    case TOKEN_OK:
        count_values(unmask);
        return findings.has_value || (findings.has_pii && !findings.has_left) ? FILTER_CHANGED
                                                                              : FILTER_PASSED;
    case TOKEN_MALFORMED:
        findings.code = "token";
        findings.says = "the value was changed, or is none that this path's method makes";
        break;
    case TOKEN_UNKNOWN_KEY:
        findings.code = "unknown-key";
        findings.says = "masked with a key that is not in the key file";
        break;
    case TOKEN_NO_KEY_ID:
        findings.code = "unknown-key";
        findings.says = "neither pii nor --key-id says which key the value is masked with";
        break;
    case TOKEN_FAILED:
        if (!refuse_too_large(&findings, out))
            return FILTER_FAILED;
        break;
    }
    return explain(unmask, text, length, &findings, out);
}

static enum filter_outcome unmask_line(void *state, const struct line *line, struct buf *out)
{
    struct unmask *unmask = state;
    struct json_result result;
    enum filter_outcome outcome;
    enum json_error error = json_scan(line->text, line->length, unmask->policy->paths,
        JSON_MAX_DEPTH, &unmask->matches, &result);
    if (error == JSON_OK && result.kind == JSON_OBJECT) {
        outcome = unmask_record(unmask, line->text, line->length, out);
    } else {
        outcome = filter_error(sealing_line(unmask->sealing, line, error, NULL, out));
    }
    buf_shrink(&unmask->scratch, GIVEN_BACK_ABOVE);
    reference_shrink(&unmask->reference, GIVEN_BACK_ABOVE);
    json_matches_shrink(&unmask->matches, GIVEN_BACK_ABOVE);
    return outcome;
}

static enum filter_outcome unmask_long_line(void *state, const char *text, size_t length,
    struct buf *out)
{
    struct unmask *unmask = state;
    return filter_error(sealing_long(unmask->sealing, text, length, out));
}

struct filter_work unmask_work(struct unmask *unmask)
{
    return (struct filter_work){ unmask, unmask_line, unmask_long_line, NULL };
}
