#include "mask/quarantine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base64.h"
#include "crypto/siv.h"
#include "json/scan.h"
#include "json/string.h"
#include "json/whole.h"
#include "mask/complaint.h"
#include "mask/members.h"
#include "mask/method_siv.h"
#include "json/splice.h"

enum { GIVEN_BACK_ABOVE = 1 << 20 };

struct quarantine {
    const struct policy *policy;
    const struct keyring *ring;
    const char *stage;
    bool whole; /* the root is "." */
    struct method_siv_state *seal;
    struct members members;
    struct members inside; /* of what was sealed */
    struct buf scratch;
};

struct quarantine *quarantine_new(const struct policy *policy, const struct keyring *ring,
    const char *stage)
{
    struct quarantine *made = calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    made->policy = policy;
    made->ring = ring;
    made->stage = stage;
    made->whole = policy->top == JSON_ROOT;
    buf_init(&made->scratch, SIZE_MAX);
    made->seal = method_siv_open(ring, "seal", "seal1", "", 0);
    if (made->seal == NULL || members_init(&made->members, policy) != 0 ||
        members_init(&made->inside, policy) != 0) {
        quarantine_free(made);
        return NULL;
    }
    return made;
}

void quarantine_free(struct quarantine *quarantine)
{
    if (quarantine == NULL)
        return;
    method_siv_close(quarantine->seal);
    members_free(&quarantine->members);
    members_free(&quarantine->inside);
    buf_wipe(&quarantine->scratch);
    free(quarantine);
}

/* An empty plaintext of a type, behind the room that sealing it needs. */
static void begin_plain(struct quarantine *quarantine, char type, size_t expected)
{
    struct buf *scratch = &quarantine->scratch;
    buf_clear(scratch);
    if (buf_reserve(scratch, SIV_TAG + 2 + expected) != NULL)
        scratch->length = SIV_TAG;
    buf_putc(scratch, type);
}

/* Append "sealed":TOKEN of the plaintext that is in the scratch memory. */
static int write_sealed(struct quarantine *quarantine, struct buf *out)
{
    struct buf *scratch = &quarantine->scratch;
    if (scratch->failed)
        return -1;
    buf_puts(out, "\"sealed\":");
    int result = method_siv_seal(quarantine->seal, keyring_primary(quarantine->ring), scratch, out);
    buf_shrink(scratch, GIVEN_BACK_ABOVE);
    return result;
}

static void write_word(struct buf *out, const char *name, const char *word)
{
    buf_puts(out, name);
    json_string_encode(out, word, strlen(word));
}

static void write_error(const struct quarantine *quarantine, const char *code, const char *detail,
    struct buf *out)
{
    write_word(out, "\"error\":{\"stage\":", quarantine->stage);
    write_word(out, ",\"code\":", code);
    write_word(out, ",\"detail\":", detail);
    buf_putc(out, '}');
}

static void write_complaint(const struct quarantine *quarantine, enum complaint complaint,
    struct buf *out)
{
    write_error(quarantine, complaint_code(complaint), complaint_detail(complaint), out);
}

/* An error that arrived, in our words: of its own only the stage and the code. */
static void write_reduced(const struct quarantine *quarantine, const struct complaint_words *words,
    struct buf *out)
{
    if (words->stage == NULL || words->code == NULL) {
        write_complaint(quarantine, COMPLAINT_ERROR_CONTENT, out);
        return;
    }
    buf_puts(out, "\"error\":{\"stage\":");
    json_string_encode(out, words->stage, words->stage_length);
    buf_puts(out, ",\"code\":");
    json_string_encode(out, words->code, words->code_length);
    write_word(out, ",\"detail\":", complaint_detail(COMPLAINT_ERROR_CONTENT));
    buf_putc(out, '}');
}

/* ---- what was no record ---------------------------------------------------------------------- */

static int write_line(struct quarantine *quarantine, const char *text, size_t length,
    const struct json_match *sqs, enum complaint complaint, bool sealed, struct buf *out)
{
    buf_putc(out, '{');
    if (sqs != NULL) {
        buf_puts(out, "\"sqs\":");
        buf_append(out, text + sqs->value, sqs->end - sqs->value);
        buf_putc(out, ',');
    }
    write_complaint(quarantine, complaint, out);
    if (sealed) {
        begin_plain(quarantine, 's', length);
        buf_append(&quarantine->scratch, text, length);
        buf_putc(out, ',');
        if (write_sealed(quarantine, out) != 0)
            return -1;
    }
    return buf_puts(out, "}\n") != 0 || out->failed ? -1 : 0;
}

static enum complaint complaint_of(enum json_error error)
{
    switch (error) {
    case JSON_OK:
        return COMPLAINT_NOT_OBJECT;
    case JSON_UTF8:
        return COMPLAINT_UTF8;
    case JSON_SURROGATE:
        return COMPLAINT_SURROGATE;
    case JSON_DEPTH:
        return COMPLAINT_DEPTH;
    default:
        return COMPLAINT_SYNTAX;
    }
}

int quarantine_line(struct quarantine *quarantine, const struct line *line, enum json_error error,
    struct buf *out)
{
    if (error == JSON_TOO_MANY)
        return -1; /* nothing is wrong with the line */
    const struct json_match *sqs = members_salvage(&quarantine->members, line->text, line->length);
    bool of_a_record = sqs != NULL || line_agrees(line, "{\"sqs\":{");
    bool cut = line->unended && of_a_record && !json_whole(line->text, line->length);
    if (error != JSON_OK && cut)
        return write_line(quarantine, line->text, line->length, sqs, COMPLAINT_CUT, false, out);
    return write_line(quarantine, line->text, line->length, sqs, complaint_of(error), true, out);
}

int quarantine_long(struct quarantine *quarantine, const char *text, size_t length, struct buf *out)
{
    const struct json_match *sqs = members_salvage(&quarantine->members, text, length);
    return write_line(quarantine, text, length, sqs, COMPLAINT_TOO_LONG, false, out);
}

/* ---- records --------------------------------------------------------------------------------- */

/* Whether a member of an error record must not pass. ${opened}: it may be one that was opened. */
static bool is_content(enum members_kind kind, bool whole, bool opened)
{
    switch (kind) {
    case MEMBERS_NONE:
    case MEMBERS_SQS:
    case MEMBERS_ERROR:
        return false;
    case MEMBERS_OTHER:
        return whole;
    case MEMBERS_LINE:
    case MEMBERS_LINE_BASE64:
        return whole || opened;
    default:
        return true;
    }
}

/*
 * Copy the scanned record without the members that must not pass, which become the plaintext. With
 * ${errors} its errors are among them.
 */
static void take_out(struct quarantine *quarantine, struct json_splice *splice, bool whole,
    bool opened, bool errors, bool *taken)
{
    const struct members *members = &quarantine->members;
    struct buf *scratch = &quarantine->scratch;
    *taken = false;
    for (size_t i = 0; i < members->matches.count; i++) {
        const struct json_match *match = &members->matches.list[i];
        enum members_kind kind = members_kind(members, match);
        bool address = kind != MEMBERS_SQS || members_is_address(members, match);
        bool error = errors && kind == MEMBERS_ERROR;
        if (address && !error && !is_content(kind, whole, opened))
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

/* ${code} NULL: the record has its error, which passes unless there are ${words} in its place. */
static int seal_members(struct quarantine *quarantine, const char *text, size_t length, bool whole,
    const char *code, const char *detail, const struct complaint_words *words, struct buf *out)
{
    struct json_splice splice = { out, text, length, 0 };
    bool taken;
    begin_plain(quarantine, 'j', length);
    take_out(quarantine, &splice, whole, code == NULL, words != NULL, &taken);
    json_splice_open_end(&splice, object_end(&quarantine->members));
    if (code != NULL)
        write_error(quarantine, code, detail, out);
    else if (words != NULL)
        write_reduced(quarantine, words, out);
    if ((code != NULL || words != NULL) && taken)
        buf_putc(out, ',');
    if (taken && write_sealed(quarantine, out) != 0)
        return -1;
    return json_splice_finish(&splice);
}

/* Whether the record has something where the policy looks; null is nothing. */
static bool has_top(const struct members *members)
{
    enum members_kind top =
        members->nodes[MEMBERS_TOP] != JSON_NO_NODE ? MEMBERS_TOP : MEMBERS_BODY;
    for (size_t i = 0; i < members->matches.count; i++) {
        const struct json_match *match = &members->matches.list[i];
        if (match->node == members->nodes[top] && match->kind != JSON_NULL)
            return true;
    }
    return false;
}

int quarantine_record(struct quarantine *quarantine, const char *text, size_t length,
    const char *code, const char *detail, struct buf *out)
{
    if (members_scan(&quarantine->members, text, length) != 0)
        return -1;
    bool whole = quarantine->whole || !has_top(&quarantine->members);
    return seal_members(quarantine, text, length, whole, code, detail, NULL, out);
}

/* Whether the scanned record's error, seal and claim are of the kinds they have to be. */
static bool well_formed(struct quarantine *quarantine, const char *text, bool *error_is)
{
    const struct members *members = &quarantine->members;
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
        enum token_result result =
            method_siv_unseal(quarantine->seal, &value, &quarantine->scratch);
        if (result != TOKEN_OK) /* of an unknown key it may be anything */
            good = false;
    }
    return good;
}

int quarantine_arrived(struct quarantine *quarantine, const char *text, size_t length,
    struct buf *out, bool *unchanged)
{
    const struct members *members = &quarantine->members;
    *unchanged = false;
    if (members_scan(&quarantine->members, text, length) != 0)
        return -1;
    bool error_is;
    bool good = well_formed(quarantine, text, &error_is);
    if (!error_is)
        return write_line(quarantine, text, length,
            members_salvage(&quarantine->members, text, length), COMPLAINT_ERROR_KIND, true, out);
    struct complaint_words words;
    bool passes = complaint_judge(quarantine->policy, members, text, &words);
    /* Without a body and without a seal it is not known what the other members are. */
    bool whole = quarantine->whole || (!has_top(members) && members->count[MEMBERS_SEALED] == 0);
    bool clear = false;
    for (enum members_kind kind = 0; kind < MEMBERS_NONE; kind++)
        if (kind != MEMBERS_PII && kind != MEMBERS_SEALED && is_content(kind, whole, true))
            clear = clear || members->count[kind] > 0;
    if (clear || !good || !passes)
        return seal_members(quarantine, text, length, whole, NULL, NULL, passes ? NULL : &words,
            out);
    *unchanged = true;
    buf_append(out, text, length);
    return buf_putc(out, '\n');
}

/* ---- opening --------------------------------------------------------------------------------- */

/* Whether the record keeps a member of a name that the opened object brings back. */
static bool collides(const struct members *record, const struct members *inside)
{
    static const enum members_kind kinds[] = { MEMBERS_PII, MEMBERS_ATTRIBUTES, MEMBERS_FIFO,
        MEMBERS_BODY, MEMBERS_TOP, MEMBERS_LINE, MEMBERS_LINE_BASE64 };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (record->count[kinds[i]] > 0 && inside->count[kinds[i]] > 0)
            return true;
    return false;
}

/* Judge what was opened, plain[0, length) without its type byte. */
static enum quarantine_result look_inside(struct quarantine *quarantine, char type,
    const char *plain, size_t length)
{
    struct members *inside = &quarantine->inside;
    memset(inside->count, 0, sizeof inside->count);
    if (type == 's')
        return QUARANTINE_OPENED;
    if (type != 'j' || memchr(plain, '\n', length) != NULL)
        return QUARANTINE_BAD_TOKEN;
    if (members_scan(inside, plain, length) != 0)
        return errno == ENOMEM ? QUARANTINE_FAILED : QUARANTINE_BAD_TOKEN;
    if (inside->matches.list[0].kind != JSON_OBJECT || inside->total == 0)
        return QUARANTINE_BAD_TOKEN;
    return collides(&quarantine->members, inside) ? QUARANTINE_COLLISION : QUARANTINE_OPENED;
}

/* Append what stands for "sealed". */
static enum quarantine_result write_opened(char type, const char *plain, size_t length,
    struct buf *out)
{
    if (type == 'j')
        return buf_append(out, plain + 1, length - 2) == 0 ? QUARANTINE_OPENED : QUARANTINE_FAILED;
    if (json_string_is_utf8(plain, length)) {
        buf_puts(out, "\"line\":");
        return json_string_encode(out, plain, length) == 0 ? QUARANTINE_OPENED : QUARANTINE_FAILED;
    }
    buf_puts(out, "\"line_base64\":\"");
    char *place = buf_reserve(out, base64_length(length));
    if (place == NULL)
        return QUARANTINE_FAILED;
    out->length += base64_encode(plain, length, place);
    return buf_putc(out, '"') == 0 ? QUARANTINE_OPENED : QUARANTINE_FAILED;
}

/* Copy up to ${offset}, without the errors when the one that arrived first is back. */
static void copy_record(const struct quarantine *quarantine, struct json_splice *splice,
    size_t offset)
{
    const struct members *members = &quarantine->members;
    for (size_t i = 0; quarantine->inside.count[MEMBERS_ERROR] > 0 && i < members->matches.count;
         i++) {
        const struct json_match *match = &members->matches.list[i];
        if (match->node == members->nodes[MEMBERS_ERROR] && match->key >= splice->cursor &&
            match->key < offset)
            json_splice_remove(splice, match->key, match->end);
    }
    json_splice_copy(splice, offset);
}

/*
 * Scan a record, and open what is sealed in it into the scratch memory. QUARANTINE_NONE: there is
 * nothing, and *sealed is NULL.
 */
static enum quarantine_result unseal(struct quarantine *quarantine, const char *text, size_t length,
    const struct json_match **sealed)
{
    const struct members *members = &quarantine->members;
    *sealed = NULL;
    if (members_scan(&quarantine->members, text, length) != 0)
        return QUARANTINE_FAILED;
    if (members->count[MEMBERS_SEALED] > 1)
        return QUARANTINE_COLLISION;
    *sealed = members_find(members, MEMBERS_SEALED);
    if (*sealed == NULL)
        return QUARANTINE_NONE;
    const struct token_value value = token_value_of(text, *sealed);
    switch (method_siv_unseal(quarantine->seal, &value, &quarantine->scratch)) {
    case TOKEN_OK:
        return QUARANTINE_OPENED;
    case TOKEN_UNKNOWN_KEY:
        return QUARANTINE_UNKNOWN_KEY;
    case TOKEN_FAILED:
        return QUARANTINE_FAILED;
    default:
        return QUARANTINE_BAD_TOKEN;
    }
}

/* Append the record up to ${sealed}, and what that stands for, which is in the scratch memory. */
static enum quarantine_result put_back(struct quarantine *quarantine,
    const struct json_match *sealed, struct json_splice *splice)
{
    struct buf *scratch = &quarantine->scratch;
    char type = scratch->data[SIV_TAG];
    const char *plain = scratch->data + SIV_TAG + 1;
    size_t length = scratch->length - SIV_TAG - 1;
    enum quarantine_result result = look_inside(quarantine, type, plain, length);
    if (result == QUARANTINE_OPENED) {
        copy_record(quarantine, splice, sealed->key);
        result = write_opened(type, plain, length, splice->out);
        json_splice_skip(splice, sealed->end);
        copy_record(quarantine, splice, splice->length);
    }
    buf_shrink(scratch, GIVEN_BACK_ABOVE);
    return result;
}

enum quarantine_result quarantine_open(struct quarantine *quarantine, const char *text,
    size_t length, struct buf *out)
{
    struct json_splice splice = { out, text, length, 0 };
    const struct json_match *sealed;
    enum quarantine_result result = unseal(quarantine, text, length, &sealed);
    if (result == QUARANTINE_OPENED)
        result = put_back(quarantine, sealed, &splice);
    if (result != QUARANTINE_OPENED && result != QUARANTINE_NONE)
        return result;
    return json_splice_finish(&splice) == 0 ? result : QUARANTINE_FAILED;
}

enum quarantine_result quarantine_reseal(struct quarantine *quarantine, const char *text,
    size_t length, struct buf *out)
{
    struct json_splice splice = { out, text, length, 0 };
    const struct json_match *sealed;
    enum quarantine_result result = unseal(quarantine, text, length, &sealed);
    if (result != QUARANTINE_OPENED && result != QUARANTINE_NONE)
        return result;
    if (sealed != NULL) {
        json_splice_copy(&splice, sealed->key);
        if (write_sealed(quarantine, out) != 0)
            return QUARANTINE_FAILED;
        json_splice_skip(&splice, sealed->end);
    }
    return json_splice_finish(&splice) == 0 ? result : QUARANTINE_FAILED;
}

/* ---- explaining ------------------------------------------------------------------------------ */

static bool is_own_stage(const struct quarantine *quarantine, const char *text)
{
    const struct json_matches *matches = &quarantine->members.matches;
    for (size_t i = 0; i < matches->count; i++) {
        const struct json_match *match = &matches->list[i];
        if (match->node == quarantine->members.error_stage && match->kind == JSON_STRING &&
            json_string_equals(text + match->value, match->end - match->value, quarantine->stage,
                strlen(quarantine->stage)))
            return true;
    }
    return false;
}

int quarantine_explain(struct quarantine *quarantine, const char *text, size_t length,
    const char *code, const char *detail, struct buf *out)
{
    if (members_scan(&quarantine->members, text, length) != 0)
        return -1;
    struct json_splice splice = { out, text, length, 0 };
    const struct json_match *error = members_find(&quarantine->members, MEMBERS_ERROR);
    if (error == NULL) {
        json_splice_open_end(&splice, object_end(&quarantine->members));
        write_error(quarantine, code, detail, out);
    } else if (!is_own_stage(quarantine, text)) {
        json_splice_copy(&splice, error->key);
        write_error(quarantine, code, detail, out);
        out->length -= out->length > 0 ? 1 : 0; /* its brace */
        buf_puts(out, ",\"cause\":");
        buf_append(out, text + error->value, error->end - error->value);
        buf_putc(out, '}');
        json_splice_skip(&splice, error->end);
    }
    return json_splice_finish(&splice);
}
