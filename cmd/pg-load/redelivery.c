#include <arpa/inet.h>
#include <string.h>

#include "record/claim.h"
#include "redelivery.h"

/* How two records differ, in ascending order. */
enum difference {
    DIFFERS_NOWHERE,
    DIFFERS_IN_TOKENS, /* of different keys, and in the key id of "pii" */
    DIFFERS_IN_FORMS,  /* and in texts that a method can make of one value */
    DIFFERS_OTHERWISE
};

/* One of the two records while they are compared. */
struct side {
    const char *text;
    size_t length;
    size_t at;
    const struct json_match *sqs;
    const struct json_match *key_id; /* NULL: none */
    uint32_t receive_count;          /* 0: unknown */
};

int redelivery_open(struct redelivery *redelivery)
{
    static const char name[] = "receive_count";
    *redelivery = (struct redelivery){ .paths = json_paths_new() };
    if (redelivery->paths == NULL || record_nodes_add(redelivery->paths, &redelivery->nodes) != 0)
        return -1;
    redelivery->receive_count =
        json_paths_key(redelivery->paths, redelivery->nodes.sqs, name, strlen(name));
    return redelivery->receive_count == JSON_NO_NODE ? -1 : 0;
}

void redelivery_close(struct redelivery *redelivery)
{
    json_paths_free(redelivery->paths);
    json_matches_free(&redelivery->made);
    json_matches_free(&redelivery->stored);
}

/* ---- strings ---- */

/* Return the length of "METHOD.KEYID." at the start of a token, or 0. */
static size_t token_head(const char *text, size_t length)
{
    static const char *const methods[] = { "siv1.", "hmac1.", "seal1." };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        size_t method = strlen(methods[i]);
        size_t head = method + CLAIM_KEY_ID + 1;
        if (length > head && memcmp(text, methods[i], method) == 0 &&
            claim_is_key_id(text + method, CLAIM_KEY_ID) && text[head - 1] == '.')
            return head;
    }
    return 0;
}

/* Return the family of an address, or 0. */
static int family(const char *text, size_t length)
{
    char copy[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    if (length >= sizeof copy)
        return 0;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return inet_pton(AF_INET, copy, bytes) == 1 ? AF_INET
        : inet_pton(AF_INET6, copy, bytes) == 1 ? AF_INET6
                                                : 0;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Return true when both texts can be what a method makes of one value, under two keys. */
static bool are_alike(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int kind = family(a, a_length);
    if (kind != 0 && kind == family(b, b_length))
        return true;
    if (a_length != b_length)
        return false;
    for (size_t i = 0; i < a_length; i++)
        if (a[i] != b[i] &&
            !((is_digit(a[i]) || is_letter(a[i])) && (is_digit(b[i]) || is_letter(b[i]))))
            return false;
    return true;
}

/* Compare the contents of two strings. */
static enum difference compare_strings(const char *a, size_t a_length, const char *b,
    size_t b_length)
{
    size_t head = token_head(a, a_length);
    bool tokens = head != 0 && head == token_head(b, b_length);
    if (a_length == b_length && memcmp(a, b, a_length) == 0)
        return DIFFERS_NOWHERE;
    if (head == 0 && token_head(b, b_length) == 0)
        return are_alike(a, a_length, b, b_length) ? DIFFERS_IN_FORMS : DIFFERS_OTHERWISE;
    if (!tokens || a_length != b_length)
        return DIFFERS_OTHERWISE;
    size_t id = head - CLAIM_KEY_ID - 1;
    bool one_method = memcmp(a, b, id) == 0;
    bool one_key = memcmp(a + id, b + id, CLAIM_KEY_ID) == 0;
    return one_method && !one_key ? DIFFERS_IN_TOKENS : DIFFERS_OTHERWISE;
}

/* ---- records ---- */

/* Return the end of the string at ${at} of valid JSON. */
static size_t string_end(const char *text, size_t at)
{
    for (at++; text[at] != '"'; at++)
        at += text[at] == '\\';
    return at + 1;
}

/* Return true when a member's name ends there. */
static bool is_name(const struct side *side, size_t end)
{
    while (end < side->length && memchr(" \t\r\n", side->text[end], 4) != NULL)
        end++;
    return end < side->length && side->text[end] == ':';
}

static bool starts(const struct json_match *match, size_t at)
{
    return match != NULL && match->value == at;
}

/* Compare the strings at the places of both sides, and step over them. */
static enum difference step_strings(struct side *a, struct side *b)
{
    size_t a_at = a->at;
    size_t b_at = b->at;
    a->at = string_end(a->text, a_at);
    b->at = string_end(b->text, b_at);
    size_t a_length = a->at - a_at - 2;
    size_t b_length = b->at - b_at - 2;
    enum difference found =
        compare_strings(a->text + a_at + 1, a_length, b->text + b_at + 1, b_length);
    if (found == DIFFERS_IN_FORMS && starts(a->key_id, a_at) && starts(b->key_id, b_at) &&
        claim_is_key_id(a->text + a_at + 1, a_length) &&
        claim_is_key_id(b->text + b_at + 1, b_length))
        return DIFFERS_IN_TOKENS;
    return found != DIFFERS_NOWHERE && is_name(a, a->at) ? DIFFERS_OTHERWISE : found;
}

/* Compare what is at the places of both sides, and step over it. */
static enum difference step(struct side *a, struct side *b)
{
    if (starts(a->sqs, a->at) || starts(b->sqs, b->at)) {
        if (!starts(a->sqs, a->at) || !starts(b->sqs, b->at))
            return DIFFERS_OTHERWISE;
        a->at = a->sqs->end;
        b->at = b->sqs->end;
        return DIFFERS_NOWHERE;
    }
    char from = a->text[a->at];
    char to = b->text[b->at];
    if (from == '"' && to == '"')
        return step_strings(a, b);
    a->at++;
    b->at++;
    return from == to                    ? DIFFERS_NOWHERE
        : is_digit(from) && is_digit(to) ? DIFFERS_IN_FORMS
                                         : DIFFERS_OTHERWISE;
}

/* Return true when both are masked, with different keys. */
static bool have_other_keys(const struct side *a, const struct side *b)
{
    size_t length = CLAIM_KEY_ID + 2;
    return a->key_id != NULL && b->key_id != NULL && a->key_id->end - a->key_id->value == length &&
        b->key_id->end - b->key_id->value == length &&
        memcmp(a->text + a->key_id->value, b->text + b->key_id->value, length) != 0;
}

static enum difference compare(struct side *a, struct side *b)
{
    enum difference most = DIFFERS_NOWHERE;
    while (a->at < a->length && b->at < b->length && most != DIFFERS_OTHERWISE) {
        enum difference found = step(a, b);
        most = found > most ? found : most;
    }
    if (a->at < a->length || b->at < b->length)
        return DIFFERS_OTHERWISE;
    return most == DIFFERS_IN_FORMS && !have_other_keys(a, b) ? DIFFERS_OTHERWISE : most;
}

/* Scan a record. Return false when it is no record, or when memory runs out. */
static bool scan(const struct redelivery *redelivery, const struct pg_errors_text *text,
    struct json_matches *matches, enum json_error *error)
{
    struct json_result result;
    *error =
        json_scan(text->text, text->length, redelivery->paths, JSON_MAX_DEPTH, matches, &result);
    return *error == JSON_OK && result.kind == JSON_OBJECT;
}

static struct side side_of(const struct redelivery *redelivery, const struct pg_errors_text *text,
    const struct json_matches *matches)
{
    struct side side = { .text = text->text, .length = text->length };
    side.sqs = record_find(matches, redelivery->nodes.sqs);
    side.key_id = record_find(matches, redelivery->nodes.pii_key);
    (void)record_number(text->text, record_find(matches, redelivery->receive_count), UINT32_MAX,
        &side.receive_count);
    return side;
}

enum pg_errors_relation redelivery_relate(struct redelivery *redelivery,
    const struct pg_errors_text *line, const struct pg_errors_text *made,
    const struct pg_errors_text *stored)
{
    enum json_error error;
    bool fit = scan(redelivery, line, &redelivery->made, &error);
    const struct json_match *handle =
        fit ? record_find(&redelivery->made, redelivery->nodes.receipt_handle) : NULL;
    bool received =
        handle != NULL && handle->kind == JSON_STRING && handle->end - handle->value > 2;
    fit = received && scan(redelivery, made, &redelivery->made, &error) &&
        scan(redelivery, stored, &redelivery->stored, &error);
    if (!fit)
        return error == JSON_TOO_MANY ? PG_ERRORS_FAILED : PG_ERRORS_OTHER;
    struct side a = side_of(redelivery, made, &redelivery->made);
    struct side b = side_of(redelivery, stored, &redelivery->stored);
    if (b.receive_count == 0 || a.receive_count <= b.receive_count)
        return PG_ERRORS_OTHER;
    return compare(&a, &b) == DIFFERS_OTHERWISE ? PG_ERRORS_OTHER : PG_ERRORS_LATER;
}
