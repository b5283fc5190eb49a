/*
 * A record that is masked and unmasked is unchanged: as JSON values, and byte for byte outside the
 * masked members. The first byte of the input chooses a policy. It also says whether the rest is a
 * line, or choices from which a record is made.
 */
#include <arpa/inet.h>

#include "crypto/base64.h"
#include "json/string.h"
#include "mask_common.h"

static const struct {
    const char *root;
    const char *rules;
} policies[] = {
    { ".body", "" },
    { ".body",
        ".ip siv\n.a[].b siv in ip\n.a[0] siv\n."
        "\"x y\" siv as shown\n" },
    { ".body", ".a.b siv as c\n.a.ip siv\nrequire .ip\n.ip siv as masked_ip in other\n" },
    { ".", ".body siv as hidden\n.ip siv\n.n siv as \"x y\"\n" },
    { ".body.a", ".ip siv as masked_ip\n.a keep\n.b keep\nother quarantine\n" },
    { ".body", ".ip siv as masked_ip\n.device_id siv\nattributes.x siv\nattributes.y keep\n" },
    { ".body", ".ip siv pad as masked_ip\n.device_id siv pad=64 in z\n.a[] siv pad in other\n" },
    { ".", ".n shift days=9 by=.x\n.a[] shift days=9 by=.x in n\n.x siv pad as shown\n" },
    { ".body", ".device_id ff1 keep=2\n.c ff1 hex\n.x keep\n" },
};
enum { POLICIES = sizeof policies / sizeof *policies, MOST = 1 << 24 };

struct pair {
    struct policy *policy;
    struct mask *mask;
    struct unmask *unmask;
};

/* ---- making records -------------------------------------------------------------------------- */

struct choices {
    const uint8_t *data;
    size_t size;
};

static unsigned choose(struct choices *choices, unsigned below)
{
    if (choices->size == 0)
        return 0;
    choices->size--;
    return *choices->data++ % below;
}

static void make_string(struct choices *choices, struct buf *text)
{
    static const char *const parts[] = { "a", "7", ".", "203.0.113.7", "\\u0000", "\\\"", "\\\\",
        "\\u00e9", "\xC3\xA9", "\xF0\x9F\x98\x80", "\\ud83d\\ude00", "siv1.624887dd.", "\\n", " ",
        "{", "\\/", "593-47-5928", "::ffff:1.2.3.4", "2001:0db8::0:1", "2024-02-29",
        "0190163d-8694-739b-aea5-966c26f8ad91", "20240229T1011Z" };
    buf_putc(text, '"');
    for (unsigned length = choose(choices, 6); length > 0; length--)
        buf_puts(text, parts[choose(choices, sizeof parts / sizeof *parts)]);
    buf_putc(text, '"');
}

static void make_members(struct choices *choices, struct buf *text, unsigned depth);

static void make_value(struct choices *choices, struct buf *text, unsigned depth)
{
    static const char *const plain[] = { "null", "true", "false", "0", "-0", "1.10",
        "12345678901234567891", "1e400", "\"\"", "\"203.0.113.7\"", "\"593-47-5928\"",
        "\"2024-02-29T10:11:12+02:00\"", "\"0190163d-8694-739b-aea5-966c26f8ad91\"" };
    unsigned kind = choose(choices, depth < 5 ? 8 : 5);
    if (kind < 2) {
        make_string(choices, text);
    } else if (kind < 5) {
        buf_puts(text, plain[choose(choices, sizeof plain / sizeof *plain)]);
    } else if (kind < 7) {
        make_members(choices, text, depth + 1);
    } else {
        buf_putc(text, '[');
        for (unsigned i = 0, count = choose(choices, 4); i < count; i++) {
            buf_puts(text, i > 0 ? " , " : "");
            make_value(choices, text, depth + 1);
        }
        buf_putc(text, ']');
    }
}

static void make_members(struct choices *choices, struct buf *text, unsigned depth)
{
    static const char *const names[] = { "ip", "device_id", "a", "b", "body", "c", "\\u0069p", "n",
        "x y", "masked_ip", "shown", "attributes", "sqs", "pii", "error", "sealed", "x", "y", "" };
    /* The last ones are rare, and mostly not at the top level. */
    unsigned known = choose(choices, 8) == 7 ? sizeof names / sizeof *names : depth > 0 ? 9 : 8;
    buf_puts(text, choose(choices, 4) == 3 ? "{ " : "{");
    for (unsigned i = 0, count = choose(choices, 6); i < count; i++) {
        buf_puts(text, i == 0 ? "" : choose(choices, 4) == 3 ? " ,\t" : ",");
        buf_putc(text, '"');
        buf_puts(text, depth == 0 && i == 0 ? "body" : names[choose(choices, known)]);
        buf_puts(text, choose(choices, 4) == 3 ? "\" : " : "\":");
        make_value(choices, text, depth);
    }
    buf_puts(text, choose(choices, 4) == 3 ? " }" : "}");
}

/* ---- comparing values ------------------------------------------------------------------------ */

/* Return the offset just past the closing quote of the string at text[start]. */
static size_t string_end(const char *text, size_t start)
{
    for (start++; text[start] != '"'; start++)
        if (text[start] == '\\')
            start++;
    return start + 1;
}

/* Append a scanned text with its strings in one spelling and without whitespace. */
static void canonical(const char *text, size_t length, struct buf *out)
{
    struct buf content = { .maximum = MOST };
    for (size_t i = 0; i < length;) {
        if (text[i] == '"') {
            size_t end = string_end(text, i);
            buf_clear(&content);
            common_require(json_string_decode(&content, text + i, end - i) == 0);
            common_require(json_string_encode(out, content.data, content.length) == 0);
            i = end;
        } else {
            if (memchr(" \t\r\n", text[i], 4) == NULL)
                buf_putc(out, text[i]);
            i++;
        }
    }
    buf_free(&content);
}

static int is_key(const char *text, size_t key, const char *name)
{
    return json_string_equals(text + key, string_end(text, key) - key, name, strlen(name));
}

static int compare(const void *one, const void *two)
{
    const struct buf *a = one;
    const struct buf *b = two;
    size_t length = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->data, b->data, length);
    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

enum { MEMBERS = 512 };

/* Take the top-level members of an object, in canonical spelling, sorted, except two names. */
static size_t take_members(const char *text, size_t length, const char *but, const char * or,
    struct buf members[MEMBERS])
{
    struct json_paths *paths = json_paths_new();
    struct json_matches matches = { 0 };
    struct json_result result;
    size_t count = 0;
    common_require(paths != NULL && json_paths_other(paths, JSON_ROOT) != JSON_NO_NODE);
    common_require(json_scan(text, length, paths, JSON_MAX_DEPTH, &matches, &result) == JSON_OK);
    for (size_t i = 1; i < matches.count && count < MEMBERS; i++) {
        const struct json_match *match = &matches.list[i];
        if (is_key(text, match->key, but) || is_key(text, match->key, or))
            continue;
        members[count] = (struct buf){ .maximum = MOST };
        canonical(text + match->key, match->end - match->key, &members[count++]);
    }
    qsort(members, count, sizeof *members, compare);
    json_matches_free(&matches);
    json_paths_free(paths);
    return count;
}

/* ${but} and ${or} are members that do not come back, or that were added. */
static void require_same(const char *text, size_t length, const struct buf *back, const char *but,
    const char * or)
{
    static struct buf here[MEMBERS], there[MEMBERS];
    size_t count = take_members(text, length, but, or, here);
    size_t came = take_members(back->data, back->length, but, or, there);
    common_require(count == came);
    for (size_t i = 0; i < count; i++) {
        common_require(compare(&here[i], &there[i]) == 0);
        buf_free(&here[i]);
        buf_free(&there[i]);
    }
}

/* ---- comparing bytes ------------------------------------------------------------------------- */

static int is_masked_node(const struct policy *policy, uint32_t node)
{
    for (size_t i = 0; i < policy->rule_count; i++)
        if (policy->rules[i].method->action == METHOD_REPLACE &&
            (policy->rules[i].node == node || policy->rules[i].written == node))
            return 1;
    return 0;
}

/* Append the text without its masked members and elements; return where its object ends. */
static size_t outside(const struct policy *policy, const char *text, size_t length, struct buf *out)
{
    struct json_matches matches = { 0 };
    struct json_result result;
    size_t cursor = 0;
    common_require(
        json_scan(text, length, policy->paths, JSON_MAX_DEPTH, &matches, &result) == JSON_OK);
    for (size_t i = 0; i < matches.count; i++) {
        const struct json_match *match = &matches.list[i];
        if (match->value < cursor || !is_masked_node(policy, match->node))
            continue;
        buf_append(out, text + cursor, match->key - cursor);
        cursor = match->end;
    }
    buf_append(out, text + cursor, result.end - 1 - cursor);
    size_t end = out->length;
    buf_append(out, text + result.end - 1, length - result.end + 1);
    json_matches_free(&matches);
    return end;
}

static void require_same_outside(const struct policy *policy, const char *text, size_t length,
    const struct buf *masked)
{
    struct buf before = { .maximum = MOST };
    struct buf after = { .maximum = MOST };
    size_t claim = sizeof COMMON_CLAIM - 1;
    size_t end = outside(policy, text, length, &before);
    size_t came = outside(policy, masked->data, masked->length, &after);
    common_require(
        came >= end + claim && memcmp(after.data + came - claim, COMMON_CLAIM, claim) == 0);
    common_require(came - claim == end || (came - claim == end + 1 && after.data[end] == ','));
    common_require(memcmp(before.data, after.data, end) == 0);
    common_require(before.length - end == after.length - came &&
        memcmp(before.data + end, after.data + came, before.length - end) == 0);
    buf_free(&before);
    buf_free(&after);
}

/* ---- there and back -------------------------------------------------------------------------- */

static int has_top_key(const char *text, size_t length, const char *name)
{
    struct json_paths *paths = json_paths_new();
    struct json_matches matches = { 0 };
    struct json_result result;
    common_require(
        paths != NULL && json_paths_key(paths, JSON_ROOT, name, strlen(name)) != JSON_NO_NODE);
    int found = json_scan(text, length, paths, JSON_MAX_DEPTH, &matches, &result) == JSON_OK &&
        matches.count > 1;
    json_matches_free(&matches);
    json_paths_free(paths);
    return found;
}

/* A line that was no record comes back as a string, or in base64 when it is not UTF-8. */
static void require_line(const char *text, size_t length, const struct buf *back)
{
    int readable = json_string_is_utf8(text, length);
    const char *name = readable ? "\"line\":\"" : "\"line_base64\":\"";
    const char *found = memmem(back->data, back->length, name, strlen(name));
    struct buf content = { .maximum = MOST };
    common_require(found != NULL);
    const char *value = found + strlen(name) - 1;
    size_t size = string_end(value, 0);
    common_require(json_string_decode(&content, value, size) == 0);
    if (!readable)
        common_require(base64_decode(content.data, content.length, (unsigned char *)content.data,
                           &content.length) == 0);
    common_require(
        content.length == length && (length == 0 || memcmp(content.data, text, length) == 0));
    buf_free(&content);
}

static void there_and_back(const struct pair *pair, const char *text, size_t length)
{
    static struct buf masked = { .maximum = MOST };
    static struct buf back = { .maximum = MOST };
    struct json_result result;
    int record = json_scan(text, length, NULL, JSON_MAX_DEPTH, NULL, &result) == JSON_OK &&
        result.kind == JSON_OBJECT;
    enum filter_outcome there = common_pass(mask_work(pair->mask), text, length, &masked);
    enum filter_outcome again =
        common_pass(unmask_work(pair->unmask), masked.data, masked.length, &back);
    if (has_top_key(text, length, "pii") || has_top_key(text, length, "error") ||
        has_top_key(text, length, "sealed") || has_top_key(text, length, "line") ||
        has_top_key(text, length, "line_base64"))
        return; /* input that was masked or wrong may stay wrong */
    if (!record) {
        common_require(there == FILTER_ERROR && again == FILTER_OPENED);
        require_line(text, length, &back);
    } else if (there == FILTER_ERROR) {
        /* Without anything sealed there is nothing to open. */
        common_require(again == FILTER_OPENED ||
            (again == FILTER_PASSED && !has_top_key(masked.data, masked.length, "sealed")));
        require_same(text, length, &back, "error", "");
    } else {
        common_require(there == FILTER_CHANGED && again == FILTER_CHANGED);
        require_same(text, length, &back, "attributes", "");
        if (!has_top_key(text, length, "attributes"))
            require_same_outside(pair->policy, text, length, &masked);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pair pairs[POLICIES];
    static struct buf text = { .maximum = MOST };
    if (size == 0)
        return 0;
    struct pair *pair = &pairs[data[0] / 2 % POLICIES];
    if (pair->policy == NULL) {
        unsigned number = data[0] / 2 % POLICIES;
        pair->policy = common_policy(policies[number].root, policies[number].rules);
        pair->mask = mask_new(pair->policy, common_ring());
        pair->unmask = unmask_new(pair->policy, common_ring());
        common_require(pair->mask != NULL && pair->unmask != NULL);
    }
    buf_clear(&text);
    if (data[0] & 1) {
        struct choices choices = { data + 1, size - 1 };
        make_members(&choices, &text, 0);
    } else if (memchr(data + 1, '\n', size - 1) == NULL) {
        buf_append(&text, data + 1, size - 1);
    }
    if (!text.failed && text.length > 0)
        there_and_back(pair, text.data, text.length);
    return 0;
}
