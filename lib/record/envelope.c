#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "json/children.h"
#include "json/string.h"
#include "json/write.h"
#include "record/envelope.h"
#include "record/envelope_member.h"

/* The lowest bit of a kind's byte in a set (envelope_member.h). */
#define BYTE(kind) (8 * ((unsigned)(kind)-1))
_Static_assert(SNS == 1 << BYTE(ENVELOPE_SNS) && BUS == 1 << BYTE(ENVELOPE_EVENTBRIDGE) &&
        CLOUD == 1 << BYTE(ENVELOPE_CLOUDEVENTS) && S3 == 1 << BYTE(ENVELOPE_S3),
    "a byte for each kind");
_Static_assert((int)ENVELOPE_MEMBERS <= (int)ENVELOPE_REST_MOST, "an envelope has room for all");

const char *envelope_kind_name(enum envelope_kind kind)
{
    static const char *const names[] = { "none", "sns", "eventbridge", "cloudevents", "s3" };
    return names[kind];
}

static bool is_text(const char *text, const struct json_child *child, const char *wanted)
{
    const char *quoted = text + child->value;
    size_t length = child->end - child->value;
    size_t size = strlen(wanted);
    if (child->kind != JSON_STRING)
        return false;
    /* the usual spelling; ${wanted} has no backslash */
    return (length == size + 2 && memcmp(quoted + 1, wanted, size) == 0) ||
        json_string_equals(quoted, length, wanted, size);
}

/* Return true when the object has the member once, as a string of these letters. */
static bool has_once(const char *text, size_t length, const char *name, const char *wanted)
{
    struct json_children children;
    struct json_child child;
    unsigned count = 0;
    if (!json_children_open(&children, text, length) || !children.object)
        return false;
    while (json_children_next(&children, &child)) {
        if (!json_string_equals(text + child.key, child.key_end - child.key, name, strlen(name)))
            continue;
        if (++count > 1 || !is_text(text, &child, wanted))
            return false;
    }
    return count == 1;
}

/*
 * Check for "MessageAttributes": {NAME:{"Type":string,"Value":string},…}, each with only these two.
 */
static bool are_attributes(const char *text, size_t length)
{
    struct json_children attributes, pair;
    struct json_child attribute, child;
    if (!json_children_open(&attributes, text, length) || !attributes.object)
        return false;
    while (json_children_next(&attributes, &attribute)) {
        unsigned types = 0;
        unsigned values = 0;
        unsigned count = 0;
        if (attribute.kind != JSON_OBJECT)
            return false;
        (void)json_children_open(&pair, text + attribute.value, attribute.end - attribute.value);
        while (json_children_next(&pair, &child) && child.kind == JSON_STRING) {
            const char *key = pair.text + child.key;
            types += json_string_equals(key, child.key_end - child.key, "Type", 4);
            values += json_string_equals(key, child.key_end - child.key, "Value", 5);
            count++;
        }
        if (count != 2 || types != 1 || values != 1)
            return false;
    }
    return true;
}

/* Check for at least one element, each an object with "eventSource":"aws:s3". */
static bool are_s3_records(const char *text, size_t length)
{
    struct json_children records;
    struct json_child record;
    size_t count = 0;
    (void)json_children_open(&records, text, length);
    for (; json_children_next(&records, &record); count++)
        if (record.kind != JSON_OBJECT ||
            !has_once(text + record.value, record.end - record.value, "eventSource", "aws:s3"))
            return false;
    return count > 0;
}

/* Return true when the member's value has the kind that its format requires. */
static bool is_fit(const char *text, const struct json_child *child,
    const struct envelope_member_form *member, unsigned kinds)
{
    const char *value = text + child->value;
    size_t length = child->end - child->value;
    switch (member->role) {
    case VERSION:
    case ENCODED:
    case ID:
    case TIME:
    case SOURCE:
    case TYPE:
        return child->kind == JSON_STRING;
    case ATTRIBUTES:
        return are_attributes(value, length);
    case EVENT:
        if ((kinds & SNS) != 0)
            return child->kind == JSON_STRING;
        if ((kinds & BUS) != 0)
            return child->kind == JSON_OBJECT;
        return (kinds & S3) == 0 || (child->kind == JSON_ARRAY && are_s3_records(value, length));
    case NOTIFICATION:
        return is_text(text, child, "Notification");
    case REST:
    case SIGNATURE:
        break;
    }
    return true;
}

/* Passed in registers: reading both as one right after writing them separately would stall. */
static __attribute__((noinline)) void keep_span(struct envelope *envelope, enum role role,
    size_t start, size_t end)
{
    struct envelope_span span = { start, end };
    switch (role) {
    case EVENT:
    case ENCODED:
        envelope->event = span;
        envelope->base64 = role == ENCODED;
        break;
    case ID:
        envelope->id = span;
        break;
    case TIME:
        envelope->time = span;
        break;
    case SOURCE:
        envelope->source = span;
        break;
    case TYPE:
        envelope->type = span;
        break;
    case ATTRIBUTES:
        envelope->attributes = span;
        break;
    case REST:
    case NOTIFICATION:
    case VERSION:
    case SIGNATURE:
        break;
    }
}

static void keep(struct envelope *envelope, const struct envelope_member_form *member,
    const struct json_child *child)
{
    switch (member->role) {
    case REST:
    case NOTIFICATION:
    case VERSION:
        envelope->rest[envelope->rest_count++] =
            (struct envelope_member){ child->key, child->key_end, child->value, child->end };
        break;
    case SIGNATURE:
        break;
    default:
        keep_span(envelope, member->role, child->value, child->end);
        break;
    }
}

/* Return the kind, of ${kinds}, whose needed members all exist. */
static enum envelope_kind choose(unsigned kinds, unsigned met)
{
    static const unsigned needed[] = { [ENVELOPE_SNS] = 3,
        [ENVELOPE_EVENTBRIDGE] = 3,
        [ENVELOPE_CLOUDEVENTS] = 3,
        [ENVELOPE_S3] = 1 };
    for (enum envelope_kind kind = ENVELOPE_SNS; kind <= ENVELOPE_S3; kind++)
        if ((kinds >> BYTE(kind) & 1) != 0 && (met >> BYTE(kind) & 0xFF) == needed[kind])
            return kind;
    return ENVELOPE_NONE;
}

/*
 * Return the kind, and fill in ${found}, except for the rest, which is large and not cleared first.
 */
static enum envelope_kind recognise(struct json_children *children, struct envelope *found)
{
    const char *text = children->text;
    struct json_child child;
    unsigned kinds = ANY;
    unsigned i = ENVELOPE_MEMBERS - 1;
    uint64_t seen = 0;
    unsigned met = 0; /* number of needed members, by kind; each counts once */
    while (json_children_next(children, &child)) {
        i = envelope_member_find(text + child.key, child.key_end - child.key, i);
        if (i == ENVELOPE_MEMBERS || (seen >> i & 1) != 0)
            return ENVELOPE_NONE;
        const struct envelope_member_form *member = &envelope_member_forms[i];
        kinds &= member->kinds;
        /* "data" and "data_base64" exclude each other (CloudEvents, JSON format, 3.1). */
        bool second = (member->role == EVENT || member->role == ENCODED) && found->event.end != 0;
        if (kinds == 0 || second || !is_fit(text, &child, member, kinds))
            return ENVELOPE_NONE;
        seen |= UINT64_C(1) << i;
        met += member->needed;
        keep(found, member, &child);
    }
    return found->event.end == 0 ? ENVELOPE_NONE : choose(kinds, met);
}

enum envelope_kind envelope_recognise_members(struct json_children *children,
    struct envelope *envelope)
{
    memset(envelope, 0, offsetof(struct envelope, rest));
    envelope->kind = recognise(children, envelope);
    return envelope->kind;
}

enum envelope_kind envelope_recognise(const char *text, size_t length, struct envelope *envelope)
{
    struct envelope own;
    /* cppcheck-suppress uninitvar ; the function fills it */
    struct envelope *found = envelope != NULL ? envelope : &own;
    struct json_children children;
    if (json_children_open(&children, text, length) && children.object)
        return envelope_recognise_members(&children, found);
    memset(found, 0, offsetof(struct envelope, rest));
    return found->kind = ENVELOPE_NONE;
}

/* Find a string below an object, along ${path}; of repeated members the last. */
static struct envelope_span find_string(const char *text, size_t length, const char *const *path)
{
    struct envelope_span span = { 0, length };
    enum json_kind kind = JSON_OBJECT;
    for (; *path != NULL; path++) {
        size_t base = span.start;
        size_t size = span.end - base;
        struct json_children children;
        struct json_child child;
        span = (struct envelope_span){ 0, 0 };
        if (!json_children_open(&children, text + base, size) || !children.object)
            return span;
        while (json_children_next(&children, &child)) {
            if (!json_string_equals(text + base + child.key, child.key_end - child.key, *path,
                    strlen(*path)))
                continue;
            span = (struct envelope_span){ base + child.value, base + child.end };
            kind = child.kind;
        }
        if (span.end == 0)
            return span;
    }
    return kind == JSON_STRING ? span : (struct envelope_span){ 0, 0 };
}

void envelope_s3_record(const char *text, size_t length, struct envelope *envelope)
{
    static const char *const id[] = { "responseElements", "x-amz-request-id", NULL };
    static const char *const time[] = { "eventTime", NULL };
    static const char *const source[] = { "s3", "bucket", "name", NULL };
    static const char *const type[] = { "eventName", NULL };
    *envelope = (struct envelope){ .kind = ENVELOPE_S3,
        .event = { 0, length },
        .id = find_string(text, length, id),
        .time = find_string(text, length, time),
        .source = find_string(text, length, source),
        .type = find_string(text, length, type) };
}

/* Write a value; a string unchanged, and most values are strings. */
static void write_value(struct buf *out, const char *value, size_t length)
{
    if (*value == '"')
        (void)buf_append(out, value, length);
    else
        (void)json_write_compact(out, value, length);
}

/* ${name}: a literal with its punctuation, ",\"id\":". */
static inline void write_span(struct buf *out, const char *name, const char *text,
    struct envelope_span span)
{
    if (span.end == 0)
        return;
    (void)buf_puts(out, name);
    write_value(out, text + span.start, span.end - span.start);
}

/* Write {NAME:{"Type":…,"Value":…}} as {NAME:{"type":…,"value":…}}. */
static void write_attributes(struct buf *out, const char *text, struct envelope_span span)
{
    struct json_children attributes, pair;
    struct json_child attribute, child;
    bool first = true;
    if (span.end == 0)
        return;
    const char *base = text + span.start;
    (void)buf_puts(out, ",\"attributes\":{");
    (void)json_children_open(&attributes, base, span.end - span.start);
    for (; json_children_next(&attributes, &attribute); first = false) {
        (void)buf_append(out, ",", first ? 0 : 1);
        (void)buf_append(out, base + attribute.key, attribute.key_end - attribute.key);
        (void)buf_putc(out, ':');
        struct envelope_span type = { 0, 0 };
        struct envelope_span value = { 0, 0 };
        (void)json_children_open(&pair, base + attribute.value, attribute.end - attribute.value);
        while (json_children_next(&pair, &child)) {
            bool is_type =
                json_string_equals(pair.text + child.key, child.key_end - child.key, "Type", 4);
            *(is_type ? &type : &value) = (struct envelope_span){ child.value, child.end };
        }
        (void)buf_puts(out, "{\"type\":");
        (void)buf_append(out, pair.text + type.start, type.end - type.start);
        (void)buf_puts(out, ",\"value\":");
        (void)buf_append(out, pair.text + value.start, value.end - value.start);
        (void)buf_putc(out, '}');
    }
    (void)buf_putc(out, '}');
}

static void write_rest(struct buf *out, const char *text, const struct envelope *envelope)
{
    for (unsigned i = 0; i < envelope->rest_count; i++) {
        const struct envelope_member *member = &envelope->rest[i];
        if (i == 0)
            (void)buf_puts(out, ",\"rest\":{");
        else
            (void)buf_putc(out, ',');
        /* usually only the colon is between a key and its string */
        bool joined = member->value == member->key_end + 1 && text[member->value] == '"';
        size_t end = joined ? member->end : member->key_end;
        (void)buf_append(out, text + member->key, end - member->key);
        if (joined)
            continue;
        (void)buf_putc(out, ':');
        write_value(out, text + member->value, member->end - member->value);
    }
    if (envelope->rest_count > 0)
        (void)buf_putc(out, '}');
}

int envelope_write(struct buf *out, const char *text, const struct envelope *envelope,
    const char *outer, size_t outer_length)
{
    static const char *const begins[] = { "{\"kind\":\"none\"", "{\"kind\":\"sns\"",
        "{\"kind\":\"eventbridge\"", "{\"kind\":\"cloudevents\"", "{\"kind\":\"s3\"" };
    size_t start = out->length;
    /*
     * Take the first that fits: everything; without rest; also without attributes; the kind alone.
     */
    for (unsigned cut = 0; cut < 4; cut++) {
        out->length = start;
        (void)buf_puts(out, begins[envelope->kind]);
        if (cut < 3) {
            write_span(out, ",\"id\":", text, envelope->id);
            write_span(out, ",\"time\":", text, envelope->time);
            write_span(out, ",\"source\":", text, envelope->source);
            write_span(out, ",\"type\":", text, envelope->type);
        }
        if (cut < 2)
            write_attributes(out, text, envelope->attributes);
        if (cut < 1)
            write_rest(out, text, envelope);
        if (cut > 0)
            (void)buf_puts(out, ",\"cut\":true");
        if (out->failed || out->length - start < ENVELOPE_MOST)
            break;
    }
    if (outer != NULL) {
        (void)buf_puts(out, ",\"outer\":");
        (void)buf_append(out, outer, outer_length);
    }
    return buf_putc(out, '}') != 0 || out->failed ? -1 : 0;
}
