#include <stdlib.h>
#include <string.h>

#include "crypto/siv.h"
#include "json/scan.h"
#include "json/splice.h"
#include "json/string.h"
#include "mask/members.h"
#include "mask/method_siv.h"
#include "mask/refusal.h"
#include "mask/sealing.h"
#include "record/salvage.h"

enum { GIVEN_BACK_ABOVE = 1 << 20 };

struct sealing {
    const struct policy *policy;
    const struct keyring *ring;
    const char *stage;
    struct method_siv_state *seal;
    struct members members;
    struct salvage *salvage;
    struct buf scratch;
};

struct sealing *sealing_new(const struct policy *policy, const struct keyring *ring,
    const char *stage)
{
    struct sealing *made = calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    made->policy = policy;
    made->ring = ring;
    made->stage = stage;
    buf_init(&made->scratch, SIZE_MAX);
    made->seal = method_siv_open(ring, "seal", "seal1", "", 0);
    made->salvage = salvage_new();
    if (made->seal == NULL || made->salvage == NULL || members_init(&made->members, policy) != 0) {
        sealing_free(made);
        return NULL;
    }
    return made;
}

void sealing_free(struct sealing *sealing)
{
    if (sealing == NULL)
        return;
    method_siv_close(sealing->seal);
    members_free(&sealing->members);
    salvage_free(sealing->salvage);
    buf_wipe(&sealing->scratch);
    free(sealing);
}

/* Begin an empty plaintext of a type, behind the space that sealing it needs. */
static void begin_plain(struct sealing *sealing, char type, size_t expected)
{
    struct buf *scratch = &sealing->scratch;
    buf_clear(scratch);
    if (buf_reserve(scratch, SIV_TAG + 2 + expected) != NULL)
        scratch->length = SIV_TAG;
    buf_putc(scratch, type);
}

/* Append "sealed":TOKEN for the plaintext in the scratch memory. */
static int write_sealed(struct sealing *sealing, struct buf *out)
{
    struct buf *scratch = &sealing->scratch;
    if (scratch->failed)
        return -1;
    if (token_pad(scratch, SIV_TAG, METHOD_PAD_DEFAULT) != 0)
        return -1;
    buf_puts(out, "\"sealed\":");
    int result = method_siv_seal(sealing->seal, keyring_primary(sealing->ring), scratch, out);
    buf_shrink(scratch, GIVEN_BACK_ABOVE);
    return result;
}

static void write_word(struct buf *out, const char *name, const char *word)
{
    buf_puts(out, name);
    json_string_encode(out, word, strlen(word));
}

static void write_error(const struct sealing *sealing, const char *code, const char *detail,
    struct buf *out)
{
    write_word(out, "\"error\":{\"stage\":", sealing->stage);
    write_word(out, ",\"code\":", code);
    write_word(out, ",\"detail\":", detail);
    buf_putc(out, '}');
}

static void write_refusal(const struct sealing *sealing, enum refusal refusal, struct buf *out)
{
    write_error(sealing, refusal_code(refusal), refusal_detail(refusal), out);
}

/* Write an arrived error in our words: only the stage and the code are its own. */
static void write_reduced(const struct sealing *sealing, const struct refusal_names *names,
    struct buf *out)
{
    if (names->stage == NULL || names->code == NULL) {
        write_refusal(sealing, REFUSAL_ERROR_CONTENT, out);
        return;
    }
    buf_puts(out, "\"error\":{\"stage\":");
    json_string_encode(out, names->stage, names->stage_length);
    buf_puts(out, ",\"code\":");
    json_string_encode(out, names->code, names->code_length);
    write_word(out, ",\"detail\":", refusal_detail(REFUSAL_ERROR_CONTENT));
    buf_putc(out, '}');
}

/* ---- lines that are not records -------------------------------------------------------------- */

static int write_line(struct sealing *sealing, const char *text, size_t length,
    const struct salvage_result *found, enum refusal refusal, bool sealed, struct buf *out)
{
    buf_putc(out, '{');
    if (found->sqs != NULL) {
        buf_puts(out, "\"sqs\":");
        buf_append(out, found->sqs, found->sqs_length);
        buf_putc(out, ',');
    }
    write_refusal(sealing, refusal, out);
    if (sealed) {
        begin_plain(sealing, 's', length);
        buf_append(&sealing->scratch, text, length);
        buf_putc(out, ',');
        if (write_sealed(sealing, out) != 0)
            return -1;
    }
    return buf_puts(out, "}\n") != 0 || out->failed ? -1 : 0;
}

static enum refusal refusal_of(enum json_error error)
{
    switch (error) {
    case JSON_OK:
        return REFUSAL_NOT_OBJECT;
    case JSON_UTF8:
        return REFUSAL_UTF8;
    case JSON_SURROGATE:
        return REFUSAL_SURROGATE;
    case JSON_DEPTH:
        return REFUSAL_DEPTH;
    default:
        return REFUSAL_SYNTAX;
    }
}

int sealing_line(struct sealing *sealing, const struct line *line, enum json_error error,
    enum refusal *refusal, struct buf *out)
{
    if (error == JSON_TOO_MANY)
        return -1; /* the line is valid */
    struct salvage_result found;
    salvage_line(sealing->salvage, line, &found);
    bool cut = error != JSON_OK && found.cut;
    enum refusal says = cut ? REFUSAL_CUT : refusal_of(error);
    if (refusal != NULL)
        *refusal = says;
    return write_line(sealing, line->text, line->length, &found, says, !cut, out);
}

int sealing_long(struct sealing *sealing, const char *text, size_t length, struct buf *out)
{
    struct salvage_result found;
    salvage_text(sealing->salvage, text, length, &found);
    return write_line(sealing, text, length, &found, REFUSAL_TOO_LONG, false, out);
}

/* ---- records --------------------------------------------------------------------------------- */

/*
 * Return true when a member of an error record must not pass. All kinds are content: where the
 * personal values of a failed record are is unknown.
 */
static bool is_content(enum members_kind kind)
{
    return kind != MEMBERS_NONE && kind != MEMBERS_SQS && kind != MEMBERS_ERROR;
}

/*
 * Copy the scanned record and move the members that must not pass into the plaintext, with
 * ${errors} its errors, too.
 */
static void move_content(struct sealing *sealing, struct json_splice *splice, bool errors,
    bool *taken)
{
    const struct members *members = &sealing->members;
    struct buf *scratch = &sealing->scratch;
    *taken = false;
    for (size_t i = 0; i < members->matches.count; i++) {
        const struct json_match *match = &members->matches.list[i];
        enum members_kind kind = members_kind(members, match);
        bool address = kind != MEMBERS_SQS || members_is_address(members, match);
        bool error = errors && kind == MEMBERS_ERROR;
        if (address && !error && !is_content(kind))
            continue;
        buf_putc(scratch, *taken ? ',' : '{');
        buf_append(scratch, splice->text + match->key, match->end - match->key);
        json_splice_remove(splice, match->key, match->end);
        *taken = true;
    }
    buf_putc(scratch, '}');
}

static size_t object_end(const struct members *members)
{
    return members->matches.list[0].end; /* the root is the first match */
}

/* Seal the members of a record. Its error is a new one with ${code}; or with ${names} its own in
 * reduced form; or, with both NULL, its own unchanged. */
static int seal_members(struct sealing *sealing, const char *text, size_t length, const char *code,
    const char *detail, const struct refusal_names *names, struct buf *out)
{
    struct json_splice splice = { out, text, length, 0 };
    bool taken;
    begin_plain(sealing, 'j', length);
    move_content(sealing, &splice, names != NULL, &taken);
    json_splice_open_end(&splice, object_end(&sealing->members));
    if (code != NULL)
        write_error(sealing, code, detail, out);
    else if (names != NULL)
        write_reduced(sealing, names, out);
    if ((code != NULL || names != NULL) && taken)
        buf_putc(out, ',');
    if (taken && write_sealed(sealing, out) != 0)
        return -1;
    return json_splice_finish(&splice);
}

int sealing_record(struct sealing *sealing, const char *text, size_t length, const char *code,
    const char *detail, struct buf *out)
{
    if (members_scan(&sealing->members, text, length) != 0)
        return -1;
    return seal_members(sealing, text, length, code, detail, NULL, out);
}

/* Return true when the scanned record's error, seal and claim have the right kinds. */
static bool well_formed(struct sealing *sealing, const char *text, bool *error_is)
{
    const struct members *members = &sealing->members;
    bool good = true;
    *error_is = true;
    for (size_t i = 0; i < members->matches.count; i++) {
        const struct json_match *match = &members->matches.list[i];
        enum members_kind kind = members_kind(members, match);
        if (kind == MEMBERS_ERROR && match->kind != JSON_OBJECT)
            *error_is = false;
        if (kind == MEMBERS_PII && !members_is_claim(members, text, match))
            good = false;
        if (kind == MEMBERS_SQS && !members_is_address(members, match))
            good = false;
        if (kind != MEMBERS_SEALED)
            continue;
        struct token_value value = token_value_of(text, match);
        enum token_result result = method_siv_unseal(sealing->seal, &value, &sealing->scratch);
        if (result != TOKEN_OK) /* under an unknown key it may be anything */
            good = false;
    }
    return good;
}

int sealing_arrived(struct sealing *sealing, const char *text, size_t length, struct buf *out,
    bool *unchanged)
{
    const struct members *members = &sealing->members;
    *unchanged = false;
    if (members_scan(&sealing->members, text, length) != 0)
        return -1;
    bool error_is;
    bool good = well_formed(sealing, text, &error_is);
    if (!error_is) {
        struct salvage_result found;
        salvage_text(sealing->salvage, text, length, &found);
        return write_line(sealing, text, length, &found, REFUSAL_ERROR_KIND, true, out);
    }
    struct refusal_names names;
    bool passes = refusal_is_known(sealing->policy, members, text, &names);
    bool clear = false;
    for (enum members_kind kind = 0; kind < MEMBERS_NONE; kind++)
        if (kind != MEMBERS_PII && kind != MEMBERS_SEALED && is_content(kind))
            clear = clear || members->count[kind] > 0;
    if (clear || !good || !passes)
        return seal_members(sealing, text, length, NULL, NULL, passes ? NULL : &names, out);
    *unchanged = true;
    buf_append(out, text, length);
    return buf_putc(out, '\n');
}

/* ---- explaining ------------------------------------------------------------------------------ */

static bool is_own_stage(const struct sealing *sealing, const char *text)
{
    const struct json_matches *matches = &sealing->members.matches;
    for (size_t i = 0; i < matches->count; i++) {
        const struct json_match *match = &matches->list[i];
        if (match->node == sealing->members.error_stage && match->kind == JSON_STRING &&
            json_string_equals(text + match->value, match->end - match->value, sealing->stage,
                strlen(sealing->stage)))
            return true;
    }
    return false;
}

int sealing_explain(struct sealing *sealing, const char *text, size_t length, const char *code,
    const char *detail, struct buf *out)
{
    if (members_scan(&sealing->members, text, length) != 0)
        return -1;
    struct json_splice splice = { out, text, length, 0 };
    const struct json_match *error = members_find(&sealing->members, MEMBERS_ERROR);
    if (error == NULL) {
        json_splice_open_end(&splice, object_end(&sealing->members));
        write_error(sealing, code, detail, out);
    } else if (!is_own_stage(sealing, text)) {
        json_splice_copy(&splice, error->key);
        write_error(sealing, code, detail, out);
        out->length -= out->length > 0 ? 1 : 0; /* the closing brace */
        buf_puts(out, ",\"cause\":");
        buf_append(out, text + error->value, error->end - error->value);
        buf_putc(out, '}');
        json_splice_skip(&splice, error->end);
    }
    return json_splice_finish(&splice);
}
