#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/scan.h"
#include "json/splice.h"
#include "mask/checks.h"
#include "mask/compiled.h"
#include "mask/mask.h"
#include "mask/refusal.h"
#include "mask/replacing.h"
#include "mask/required.h"
#include "mask/sealing.h"

enum { GIVEN_BACK_ABOVE = 1 << 20 };

struct mask {
    const struct policy *policy;
    const struct keyring *ring;
    struct compiled *compiled;
    struct checks *checks;
    struct sealing *sealing;
    struct json_matches matches;
    struct replacing replacing;
    size_t primary; /* the key that masks */
    char claim[32]; /* "pii":{"key":"…"} */
    size_t claim_length;
    bool trusts_claims;
    uint64_t serial; /* of the current record */
    uint64_t judged; /* records to mask */
    uint64_t missing;
    uint64_t refusals[REFUSAL_COUNT];
    uint64_t arrived; /* errors of other programs */
    mask_listener *tell;
    void *listener;
    bool told_of_verdict;
};

/* Results of a first look at the matches of a record. */
struct findings {
    bool has_root;
    bool has_error;
    bool has_sealed;
    bool has_pii;         /* or mask_trust_claims() was called */
    bool is_row;          /* a row of a table: taken for masked, without pii */
    bool pii_known;       /* every pii is an object, with keys of the ring only */
    bool has_clear;       /* something that masked records do not have */
    bool near;            /* a member whose key resembles that of a rule */
    bool redacts;         /* pieces to redact */
    enum refusal refusal; /* the first mistake */
    const char *says;     /* text instead of the refusal's own, or NULL */
    const char *path;     /* place in the policy's spelling, or NULL */
    size_t values;        /* distinct rules with a value to replace, including null */
    size_t found;         /* distinct rules with a value to hide, excluding null */
};

struct mask *mask_new(const struct policy *policy, const struct keyring *ring)
{
    struct mask *mask = calloc(1, sizeof *mask);
    if (mask == NULL)
        return NULL;
    mask->policy = policy;
    mask->ring = ring;
    mask->primary = keyring_primary(ring);
    mask->compiled = compiled_new(policy, ring, COMPILED_MASK);
    replacing_init(&mask->replacing, mask->compiled, &mask->matches, mask->primary);
    mask->checks = mask->compiled != NULL ? checks_new(mask->compiled) : NULL;
    mask->sealing = sealing_new(policy, ring, "mask");
    if (mask->checks == NULL || mask->sealing == NULL) {
        mask_free(mask);
        return NULL;
    }
    mask->claim_length = (size_t)snprintf(mask->claim, sizeof mask->claim,
        "\"pii\":{\"key\":\"%s\"}", keyring_id(ring, mask->primary));
    return mask;
}

void mask_free(struct mask *mask)
{
    if (mask == NULL)
        return;
    checks_free(mask->checks);
    compiled_free(mask->compiled);
    sealing_free(mask->sealing);
    json_matches_free(&mask->matches);
    replacing_free(&mask->replacing);
    free(mask);
}

void mask_trust_claims(struct mask *mask)
{
    mask->trusts_claims = true;
}

void mask_set_notice(struct mask *mask, mask_listener *tell, void *context)
{
    mask->tell = tell;
    mask->listener = context;
}

/* ---- figures --------------------------------------------------------------------------------- */

uint64_t mask_rootless(const struct mask *mask)
{
    return mask->refusals[REFUSAL_ROOT_MISSING];
}

uint64_t mask_missing(const struct mask *mask)
{
    return mask->missing;
}

void mask_each_path(const struct mask *mask, mask_figure *take, void *context)
{
    for (size_t i = 0; i < mask->policy->rule_count; i++)
        take(context, mask->policy->rules[i].path, mask->compiled->rules[i].missing);
}

/* Refusals of one code are neighbours in their enum. */
void mask_each_code(const struct mask *mask, mask_figure *take, void *context)
{
    for (enum refusal i = REFUSAL_NONE + 1; i < REFUSAL_COUNT;) {
        const char *code = refusal_code(i);
        uint64_t count = 0;
        for (; i < REFUSAL_COUNT && strcmp(refusal_code(i), code) == 0; i++)
            count += mask == NULL ? 0 : mask->refusals[i];
        take(context, code, count);
    }
    take(context, "arrived", mask == NULL ? 0 : mask->arrived);
}

/* ---- looking --------------------------------------------------------------------------------- */

static void refuse(struct findings *findings, enum refusal refusal, const char *path)
{
    if (findings->refusal != REFUSAL_NONE)
        return;
    findings->refusal = refusal;
    findings->path = path;
}

static void look_at_step(const struct mask *mask, const struct compiled_node *node,
    const struct json_match *match, struct findings *findings)
{
    bool fits = compiled_fits(node, match);
    if (node->root) {
        if (!fits)
            refuse(findings, REFUSAL_ROOT_KIND, mask->policy->root_path);
        else if (match->node == mask->policy->root)
            findings->has_root = true;
    } else if (!fits && match->kind != JSON_NULL) {
        refuse(findings, REFUSAL_KIND, policy_path_through(mask->policy, match->node));
    }
}

static void look_at_value(struct mask *mask, struct compiled_rule *rule,
    const struct json_match *match, struct findings *findings)
{
    bool replaces = rule->method->action == METHOD_REPLACE;
    findings->values += replaces && rule->seen != mask->serial;
    rule->seen = mask->serial;
    if (match->kind == JSON_NULL)
        return;
    findings->found += rule->found != mask->serial;
    rule->found = mask->serial;
    rule->met = true;
}

static void look(struct mask *mask, const char *text, struct findings *findings)
{
    size_t claims = 0;
    size_t claim_keys = 0;
    *findings = (struct findings){ .pii_known = true, .has_pii = mask->trusts_claims };
    for (size_t i = 0; i < mask->matches.count; i++) {
        const struct json_match *match = &mask->matches.list[i];
        const struct compiled_node *node = &mask->compiled->nodes[match->node];
        switch ((enum compiled_role)node->role) {
        case COMPILED_NONE:
        case COMPILED_KEPT:
        case COMPILED_LEFT:
        case COMPILED_SQS:
            break;
        case COMPILED_STEP:
            look_at_step(mask, node, match, findings);
            break;
        case COMPILED_VALUE:
            look_at_value(mask, &mask->compiled->rules[node->rule], match, findings);
            break;
        case COMPILED_DROP:
            look_at_value(mask, &mask->compiled->rules[node->rule], match, findings);
            findings->has_clear = true;
            break;
        case COMPILED_NEAR:
            findings->near = true;
            break;
        case COMPILED_REMOVE:
            findings->has_clear = true;
            break;
        case COMPILED_TAKEN: /* a mistake unless the record is masked: look_for_names() */
            if (match->kind != JSON_NULL)
                mask->compiled->rules[node->rule].found = mask->serial;
            break;
        case COMPILED_REFUSE:
            refuse(findings, REFUSAL_UNNAMED, NULL);
            break;
        case COMPILED_PII:
            findings->has_pii = true;
            claims++;
            findings->pii_known = findings->pii_known && match->kind == JSON_OBJECT;
            break;
        case COMPILED_PII_OTHER:
            findings->pii_known = false;
            break;
        case COMPILED_PII_KEY:
            claim_keys++;
            findings->pii_known =
                findings->pii_known && token_key_named(mask->ring, text, match) != KEYRING_NONE;
            break;
        case COMPILED_ERROR:
            findings->has_error = true;
            break;
        case COMPILED_SEALED:
            findings->has_sealed = true;
            break;
        }
    }
    findings->pii_known = findings->pii_known && claim_keys == claims;
    findings->is_row = findings->has_pii && claims == 0;
    if (!findings->has_root)
        refuse(findings, REFUSAL_ROOT_MISSING, mask->policy->root_path);
    if (findings->has_sealed)
        refuse(findings, REFUSAL_CLAIM_SEALED, NULL);
}

/* Refuse a record that is not masked when a name to write is taken. */
static void look_for_names(const struct mask *mask, struct findings *findings)
{
    for (size_t i = 0; i < mask->matches.count; i++) {
        const struct compiled_node *node = &mask->compiled->nodes[mask->matches.list[i].node];
        if (node->role == COMPILED_TAKEN)
            refuse(findings, REFUSAL_COLLISION, mask->compiled->rules[node->rule].rule->path);
    }
}

/*
 * Refuse a record that claims to be masked when something in it is not. A value under a clear name
 * must look masked. A value under a masked name must not look clear. Return 0, or -1 when memory
 * runs out.
 */
static int look_for_clear(struct mask *mask, const char *text, struct findings *findings)
{
    if (!findings->pii_known)
        refuse(findings, REFUSAL_CLAIM, NULL);
    if (findings->has_clear)
        refuse(findings, REFUSAL_CLAIM_MEMBER, NULL);
    struct buf *scratch = &mask->replacing.scratch;
    buf_clear(scratch);
    for (size_t i = 0; i < mask->matches.count && !scratch->failed; i++) {
        const struct json_match *match = &mask->matches.list[i];
        const struct compiled_node *node = &mask->compiled->nodes[match->node];
        const struct compiled_rule *rule = &mask->compiled->rules[node->rule];
        if (node->role == COMPILED_VALUE &&
            (rule->rule->name != NULL ||
                !compiled_looks_masked(rule, text, match, mask->trusts_claims, scratch)))
            refuse(findings, REFUSAL_CLAIM_VALUE, rule->rule->path);
        else if (node->role == COMPILED_TAKEN &&
            !compiled_looks_masked(rule, text, match, true, scratch))
            refuse(findings, REFUSAL_CLAIM_FORGED, rule->rule->path);
    }
    return scratch->failed ? -1 : 0;
}

/* Check content that no rule matches. Return 0, or -1 when memory runs out. */
static int look_for_unmet(struct mask *mask, const char *text, size_t length,
    struct findings *findings)
{
    struct checks_result result;
    const struct checks_record record = { .text = text,
        .length = length,
        .matches = &mask->matches,
        .serial = mask->serial,
        .found = findings->found,
        .near = findings->near,
        .masked = findings->has_pii,
        .failed = findings->has_error };
    if (checks_check(mask->checks, &record, &result) != 0)
        return -1;
    findings->redacts = result.redacts;
    if (result.refusal != REFUSAL_NONE)
        refuse(findings, result.refusal, result.path);
    if (result.envelope != ENVELOPE_NONE && mask->tell != NULL) {
        const struct mask_notice notice = { MASK_ENVELOPE, envelope_kind_name(result.envelope), 0 };
        mask->tell(mask->listener, &notice);
    }
    return 0;
}

/* Report the rules that matched none of the first records. */
static void tell_of_rules(const struct mask *mask)
{
    const struct policy *policy = mask->policy;
    for (size_t i = 0; mask->tell != NULL && i < policy->rule_count; i++) {
        const struct policy_rule *rule = &policy->rules[i];
        const struct mask_notice notice = { MASK_UNMET, rule->path, (unsigned)mask->judged };
        if (policy_hides(rule) && !rule->optional && !mask->compiled->rules[i].met)
            mask->tell(mask->listener, &notice);
    }
}

void mask_tell_unmet(const struct mask *mask)
{
    if (mask->judged < MASK_FIRST_RECORDS && mask->refusals[REFUSAL_UNMATCHED] > 0)
        tell_of_rules(mask);
}

/* Report a line of pg-load, which comes after us: "status" and no body. */
static void tell_of_verdict(struct mask *mask, const char *text, size_t length)
{
    static const char member[] = "\"status\":\"";
    const struct mask_notice notice = { MASK_VERDICT, "", 0 };
    if (mask->told_of_verdict || mask->tell == NULL ||
        memmem(text, length, member, sizeof member - 1) == NULL)
        return;
    mask->told_of_verdict = true;
    mask->tell(mask->listener, &notice);
}

/* ---- writing --------------------------------------------------------------------------------- */

/*
 * Write the masked record. Return TOKEN_MALFORMED with the findings set, or TOKEN_FAILED when the
 * buffer is full or the run must end.
 */
static enum token_result write_masked(struct mask *mask, const char *text, size_t length,
    const struct json_result *result, struct findings *findings, struct buf *out)
{
    struct json_splice splice = { out, text, length, 0 };
    for (size_t i = 0; i < mask->matches.count; i++) {
        const struct json_match *match = &mask->matches.list[i];
        const struct compiled_node *node = &mask->compiled->nodes[match->node];
        if (match->value < splice.cursor)
            continue; /* inside a removed member */
        if (node->role != COMPILED_VALUE && node->role != COMPILED_REMOVE &&
            node->role != COMPILED_DROP)
            continue;
        if (findings->redacts)
            checks_redact(mask->checks, &splice, match->key);
        if (node->role != COMPILED_VALUE) {
            json_splice_remove(&splice, match->key, match->end);
            continue;
        }
        const struct compiled_rule *rule = &mask->compiled->rules[node->rule];
        enum token_result written = replacing_value(&mask->replacing, rule, &splice, match);
        if (written == TOKEN_MALFORMED) {
            refuse(findings, REFUSAL_VALUE, rule->rule->path);
            findings->says = rule->method->refuses;
        }
        if (written != TOKEN_OK)
            return written;
    }
    if (findings->redacts)
        checks_redact(mask->checks, &splice, length);
    json_splice_open_end(&splice, result->end);
    buf_append(out, mask->claim, mask->claim_length);
    return json_splice_finish(&splice) == 0 ? checks_keys(mask->checks, out) : TOKEN_FAILED;
}

/* ---- records --------------------------------------------------------------------------------- */

/* Return FILTER_ERROR when the error record was written. */
static enum filter_outcome error_record(struct mask *mask, const char *text, size_t length,
    const struct findings *findings, struct buf *out)
{
    char detail[REFUSAL_DETAIL_SIZE];
    const char *says = findings->says != NULL ? findings->says : refusal_detail(findings->refusal);
    mask->refusals[findings->refusal]++;
    buf_clear(out);
    return filter_error(sealing_record(mask->sealing, text, length, refusal_code(findings->refusal),
        refusal_detail_at(findings->path, says, detail), out));
}

static enum filter_outcome arrived_record(struct mask *mask, const char *text, size_t length,
    struct buf *out)
{
    bool unchanged;
    mask->arrived++;
    return filter_error(sealing_arrived(mask->sealing, text, length, out, &unchanged));
}

/* Pass a record that claims to be masked and may pass. */
static enum filter_outcome pass_record(struct mask *mask, const char *text, size_t length,
    struct findings *findings, struct buf *out)
{
    struct json_splice splice = { out, text, length, 0 };
    if (findings->redacts)
        checks_redact(mask->checks, &splice, length);
    if (json_splice_finish(&splice) != 0)
        return FILTER_FAILED;
    enum token_result written = checks_keys(mask->checks, out);
    if (written != TOKEN_MALFORMED)
        return written == TOKEN_OK ? FILTER_PASSED : FILTER_FAILED;
    refuse(findings, REFUSAL_COLLISION_KEYS, NULL);
    return error_record(mask, text, length, findings, out);
}

/* Count the missing values by rule. */
static void count_missing(struct mask *mask, const struct findings *findings)
{
    mask->missing += mask->compiled->masking_rules - findings->values;
    for (size_t i = 0;
         findings->values < mask->compiled->masking_rules && i < mask->policy->rule_count; i++) {
        struct compiled_rule *rule = &mask->compiled->rules[i];
        rule->missing += rule->method->action == METHOD_REPLACE && rule->seen != mask->serial;
    }
}

static enum filter_outcome mask_record(struct mask *mask, const char *text, size_t length,
    const struct json_result *result, struct buf *out)
{
    struct findings findings;
    mask->serial++;
    look(mask, text, &findings);
    if (!findings.has_pii)
        look_for_names(mask, &findings);
    else if (look_for_clear(mask, text, &findings) != 0)
        return FILTER_FAILED;
    /* a table need not have every member of the record */
    const char *lacking =
        findings.is_row ? NULL : required_lacking(mask->policy, &mask->matches, findings.has_pii);
    if (lacking != NULL)
        refuse(&findings, REFUSAL_MISSING, lacking);
    if (look_for_unmet(mask, text, length, &findings) != 0)
        return FILTER_FAILED;
    if (findings.has_error)
        return arrived_record(mask, text, length, out);
    if (!findings.has_pii && ++mask->judged == MASK_FIRST_RECORDS)
        tell_of_rules(mask);
    if (findings.refusal == REFUSAL_ROOT_MISSING)
        tell_of_verdict(mask, text, length);
    if (findings.refusal != REFUSAL_NONE)
        return error_record(mask, text, length, &findings, out);
    if (findings.has_pii)
        return pass_record(mask, text, length, &findings, out);
    enum token_result written = write_masked(mask, text, length, result, &findings, out);
    if (written == TOKEN_OK) {
        count_missing(mask, &findings);
        return findings.found > 0 || findings.redacts ? FILTER_CHANGED : FILTER_PASSED;
    }
    if (written == TOKEN_FAILED && !out->failed)
        return FILTER_FAILED;
    refuse(&findings, written == TOKEN_MALFORMED ? REFUSAL_COLLISION_KEYS : REFUSAL_TOO_LARGE,
        NULL);
    return error_record(mask, text, length, &findings, out);
}

static enum filter_outcome mask_line(void *state, const struct line *line, struct buf *out)
{
    struct mask *mask = state;
    struct json_result result;
    enum filter_outcome outcome;
    enum json_error error = json_scan(line->text, line->length, mask->policy->paths, JSON_MAX_DEPTH,
        &mask->matches, &result);
    if (error == JSON_OK && result.kind == JSON_OBJECT) {
        outcome = mask_record(mask, line->text, line->length, &result, out);
    } else {
        enum refusal refusal = REFUSAL_NONE;
        outcome = filter_error(sealing_line(mask->sealing, line, error, &refusal, out));
        mask->refusals[refusal]++;
    }
    replacing_shrink(&mask->replacing, GIVEN_BACK_ABOVE);
    json_matches_shrink(&mask->matches, GIVEN_BACK_ABOVE);
    return outcome;
}

static enum filter_outcome mask_long_line(void *state, const char *text, size_t length,
    struct buf *out)
{
    struct mask *mask = state;
    mask->refusals[REFUSAL_TOO_LONG]++;
    return filter_error(sealing_long(mask->sealing, text, length, out));
}

static int commit(void *state)
{
    struct mask *mask = state;
    return mapping_commit(mask->replacing.mapping);
}

void mask_map(struct mask *mask, struct mapping *mapping)
{
    mask->replacing.mapping = mapping;
}

struct filter_work mask_work(struct mask *mask)
{
    return (struct filter_work){ mask, mask_line, mask_long_line,
        mask->replacing.mapping != NULL ? commit : NULL };
}
