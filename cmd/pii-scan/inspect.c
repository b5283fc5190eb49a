#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "crypto/base64.h"
#include "detect/likely.h"
#include "inspect.h"
#include "json/string.h"
#include "json/walk.h"
#include "piece.h"

/* LEVELS: depth of packed texts; each takes at most as much memory as the record. */
enum { LEVELS = 3, KEPT = 1 << 16, CACHE = 256, CACHED_KEY = 40, BASE64_LEAST = 16 };

struct cached {
    char key[CACHED_KEY];
    size_t length; /* 0: the entry is empty */
    struct key_meaning meaning;
};

struct inspect {
    struct buf string;          /* for inspect_decode() */
    struct buf packed[LEVELS];  /* decoded base64 */
    struct buf strings[LEVELS]; /* strings within a text in a string */
    unsigned level;
    struct cached cache[CACHE];
    struct inspect_key *above[LEVELS]; /* keys of the open containers, by level */
};

const char *inspect_kind_name(unsigned kind)
{
    return kind == INSPECT_JSON  ? "json"
        : kind == INSPECT_BASE64 ? "base64"
                                 : key_meaning_kind_name(kind);
}

struct inspect *inspect_new(size_t maximum)
{
    struct inspect *inspect = calloc(1, sizeof *inspect);
    if (inspect == NULL)
        return NULL;
    buf_init(&inspect->string, maximum);
    for (size_t i = 0; i < LEVELS; i++) {
        buf_init(&inspect->packed[i], maximum + 16);
        buf_init(&inspect->strings[i], maximum);
        inspect->above[i] = calloc(JSON_MAX_DEPTH + 1, sizeof *inspect->above[i]);
        if (inspect->above[i] == NULL) {
            inspect_free(inspect);
            return NULL;
        }
    }
    return inspect;
}

void inspect_free(struct inspect *inspect)
{
    if (inspect == NULL)
        return;
    for (size_t i = 0; i < LEVELS; i++) {
        buf_wipe(&inspect->packed[i]);
        buf_wipe(&inspect->strings[i]);
        free(inspect->above[i]);
    }
    buf_wipe(&inspect->string);
    free(inspect);
}

void inspect_shrink(struct inspect *inspect)
{
    buf_shrink(&inspect->string, KEPT);
    for (size_t i = 0; i < LEVELS; i++) {
        buf_shrink(&inspect->packed[i], KEPT);
        buf_shrink(&inspect->strings[i], KEPT);
    }
}

static const char *decode(struct buf *out, const char *quoted, size_t length, size_t *size)
{
    buf_clear(out);
    if (json_string_decode(out, quoted, length) != 0)
        return NULL;
    *size = out->length;
    return out->data == NULL ? "" : out->data;
}

const char *inspect_decode(struct inspect *inspect, const char *quoted, size_t length, size_t *size)
{
    return decode(&inspect->string, quoted, length, size);
}

void inspect_key_below(struct inspect_key *key, const struct key_meaning *meaning,
    const struct inspect_key *above)
{
    key->kinds = meaning->kinds;
    key->weak = meaning->weak;
    key->traits = meaning->traits;
    if (above == NULL)
        return;
    /* an "id" in a device is a device id */
    if ((above->traits & KEY_HOLDER) != 0 && (key->traits & KEY_ID) != 0)
        key->kinds |= DETECT_BIT(KEY_DEVICE);
    if (key->kinds == 0 && (key->traits & KEY_PART) != 0) {
        key->kinds = above->kinds;
        /* the key names part of a person's name */
        key->weak = above->weak & ~DETECT_BIT(KEY_NAME);
        key->traits &= ~(unsigned)KEY_TIME;
    }
    /* a name in an event names the event, but a person mentioned in it is a person */
    if (key->kinds == DETECT_BIT(KEY_NAME) && key->weak == key->kinds &&
        (key->traits & KEY_NOUN) == 0 && (above->traits & (KEY_THING | KEY_PERSON)) == KEY_THING)
        key->traits |= KEY_THING;
    /* user.name may be a chosen user name */
    if (key->kinds == DETECT_BIT(KEY_NAME) && key->weak == key->kinds &&
        (key->traits & KEY_BARE) != 0 && (above->traits & KEY_PERSON) != 0) {
        key->kinds |= DETECT_BIT(KEY_USER);
        key->weak |= DETECT_BIT(KEY_USER);
    }
    key->traits |= above->traits & (KEY_VERSION | KEY_MACHINE);
    if ((key->traits & (KEY_PERSON | KEY_THING)) != 0)
        return;
    if ((above->traits & KEY_PERSON) != 0)
        key->traits |= KEY_PERSON;
    else if ((above->traits & KEY_LASTING) != 0)
        key->traits |= KEY_THING | KEY_LASTING;
}

static const struct key_meaning *meaning_of(struct inspect *inspect, const char *key, size_t length,
    struct key_meaning *room)
{
    struct cached *cached = &inspect->cache[hash_bytes(key, length) % CACHE];
    if (length == 0 || length > CACHED_KEY) {
        key_meaning_read(key, length, room);
        return room;
    }
    if (cached->length != length || memcmp(cached->key, key, length) != 0) {
        memcpy(cached->key, key, length);
        cached->length = length;
        key_meaning_read(key, length, &cached->meaning);
    }
    return &cached->meaning;
}

/* Record the traits of "10.0.0.7", and of versions that look like it, such as "4.12.0.7". */
static void inspect_at_quad(const char *text, size_t length, struct inspect_finding *finding)
{
    size_t run = 0;
    size_t longest = 0;
    for (size_t i = 0; i < length; i++) {
        run = text[i] == '.' ? 0 : run + 1;
        longest = run > longest ? run : longest;
    }
    finding->quad_low = longest < 3 && (finding->quad_low || !finding->quad);
    finding->quad_ten = finding->quad_ten || memcmp(text, "10.", 3) == 0;
    finding->quad_local = piece_is_local(text, length) && (finding->quad_local || !finding->quad);
    finding->quad = true;
}

/*
 * Add kinds by shape. Under a key for a version or an order, a value of only digits and signs is a
 * number of that.
 */
static void inspect_at_shape(const struct inspect_key *key, const struct likely *value,
    struct inspect_finding *finding)
{
    const char *text = value->text;
    size_t length = value->length;
    const unsigned numbers = KEY_NUMBER | KEY_TIME | KEY_OPAQUE;
    struct detect detect;
    struct detect_piece piece;
    size_t mails = 0;
    size_t roles = 0;
    if (!detect_start_counted(&detect, text, value->census, DETECT_ALL))
        return;
    while (detect_next(&detect, &piece)) {
        bool whole = piece.length == length;
        finding->detected |= DETECT_BIT(piece.kind);
        bool weak =
            piece.kind == DETECT_PHONE || piece.kind == DETECT_CARD || piece.kind == DETECT_SSN;
        bool said = (key->kinds & DETECT_BIT(piece.kind)) != 0;
        if (whole && !said && weak && text[piece.offset] != '+' && (key->traits & numbers) != 0)
            continue;
        if (whole && piece.kind == DETECT_IPV4 && (key->traits & KEY_VERSION) != 0)
            continue;
        if (piece.kind == DETECT_IPV4 &&
            piece_is_network(text, length, piece.offset + piece.length))
            continue;
        if (piece.kind == DETECT_EMAIL) {
            if (!whole && text[0] == '<' && (key->traits & KEY_OPAQUE) != 0)
                continue; /* <…@host> identifies a message (RFC 5322, section 3.6.4) */
            mails++;
            roles += piece_is_role(text + piece.offset, piece.length);
        }
        if (piece.kind == DETECT_PHONE)
            finding->loose_phone = whole && !said && text[piece.offset] != '+';
        if (piece.kind == DETECT_IPV4)
            inspect_at_quad(text + piece.offset, piece.length, finding);
        finding->kinds |= DETECT_BIT(piece.kind);
    }
    finding->role = mails > 0 && roles == mails;
}

static void inspect_key_words(const struct inspect_key *key, const struct likely *value,
    struct inspect_finding *finding)
{
    unsigned likely = likely_kinds(value, key->kinds, key->weak, key->traits);
    /* a wrong check digit counts more than a word in the key */
    if ((finding->kinds & DETECT_BIT(DETECT_CARD)) == 0)
        likely &= ~DETECT_BIT(DETECT_CARD);
    /* the address of a server, not of a house */
    if ((finding->kinds & (DETECT_BIT(DETECT_IPV4) | DETECT_BIT(DETECT_IPV6))) != 0)
        likely &= ~DETECT_BIT(KEY_ADDRESS);
    finding->kinds |= likely;
    finding->name_like = (key->weak & DETECT_BIT(KEY_NAME)) != 0 && (key->traits & KEY_BARE) != 0 &&
        likely_kinds(value, DETECT_BIT(KEY_NAME), 0, key->traits) != 0;
    if ((likely & DETECT_BIT(KEY_USER)) != 0)
        finding->opaque = likely_opaque(value, key->traits);
    if (value->number || (key->traits & KEY_THING) != 0)
        return;
    finding->formed = likely_formed(value);
    if (finding->formed && likely_given(value))
        finding->kinds |= DETECT_BIT(KEY_NAME);
}

static void add(struct inspect_finding *finding, const struct inspect_finding *other)
{
    finding->kinds |= other->kinds;
    finding->shaped |= other->shaped;
    finding->hidden |= other->hidden;
    finding->role = finding->role || other->role;
    finding->opaque = finding->opaque || other->opaque;
}

static int inspect_at_packed(struct inspect *inspect, const struct inspect_key *key,
    const struct likely *value, struct inspect_finding *finding);

/* Inspect a string for packed texts first; without one, by shape and by key. Return 0, or -1. */
static int inspect_string(struct inspect *inspect, const struct inspect_key *key,
    const struct likely *value, struct inspect_finding *finding)
{
    if (piece_is_token(value->text, value->length)) {
        finding->masked = true;
        return 0;
    }
    if (inspect_at_packed(inspect, key, value, finding) != 0)
        return -1;
    if ((finding->kinds & (1u << INSPECT_JSON | 1u << INSPECT_BASE64)) != 0) {
        finding->detected = detect_kinds(value->text, value->length, DETECT_ALL);
        return 0;
    }
    inspect_at_shape(key, value, finding);
    inspect_key_words(key, value, finding);
    return 0;
}

static bool is_number_of_card(const struct census *census)
{
    return census->digits >= 13 && census->digits <= 19 &&
        census->digits + census->blanks + census->hyphens == census->length;
}

int inspect_scalar(struct inspect *inspect, const struct inspect_key *key, enum json_kind kind,
    const char *text, size_t length, struct inspect_finding *finding)
{
    struct census census;
    const struct likely value = { text, length, kind == JSON_NUMBER, &census };
    memset(finding, 0, sizeof *finding);
    if (kind != JSON_STRING && kind != JSON_NUMBER)
        return 0;
    census_take(text, length, &census);
    finding->long_number = (value.number || length <= 24) && is_number_of_card(&census);
    int result = 0;
    if (kind == JSON_STRING) {
        result = inspect_string(inspect, key, &value, finding);
    } else {
        if (finding->long_number)
            finding->shaped = detect_kinds(text, length, DETECT_BIT(DETECT_CARD));
        if ((key->traits & (KEY_NUMBER | KEY_TIME | KEY_OPAQUE)) == 0)
            finding->kinds |= finding->shaped;
        inspect_key_words(key, &value, finding);
    }
    finding->shaped |= finding->detected;
    if ((finding->detected & (DETECT_BIT(DETECT_IPV4) | DETECT_BIT(DETECT_IPV6))) != 0)
        finding->detected |= DETECT_BIT(KEY_IP);
    finding->hidden = finding->kinds & ~finding->detected;
    return result;
}

/* Remove the doubtful kinds, which need many values of one path: here each value stands alone. */
static void doubt(const struct inspect_key *key, struct inspect_finding *finding)
{
    const unsigned of_things = DETECT_BIT(KEY_ADDRESS) | DETECT_BIT(KEY_GEO) | DETECT_BIT(KEY_USER);
    if ((key->traits & KEY_THING) != 0)
        finding->kinds &= ~of_things;
    if ((key->traits & (KEY_MACHINE | KEY_PERSON)) == KEY_MACHINE && finding->quad_local)
        finding->kinds &= ~(DETECT_BIT(DETECT_IPV4) | DETECT_BIT(KEY_IP));
    if ((key->traits & KEY_THING) != 0)
        finding->kinds &= ~(key->weak & DETECT_BIT(KEY_NAME));
    if ((key->traits & KEY_PERSON) == 0)
        finding->kinds &= ~(key->weak & (DETECT_BIT(KEY_BIRTH) | DETECT_BIT(KEY_ADDRESS)));
    if (finding->opaque)
        finding->kinds &= ~DETECT_BIT(KEY_USER);
    finding->hidden &= finding->kinds;
}

/* Inspect a scalar in the text that inspect_json() walks. Return 0, or -1. */
static int inspect_at_scalar(struct inspect *inspect, const struct inspect_key *key,
    const struct json_walk *walk, struct buf *strings, struct inspect_finding *finding)
{
    struct inspect_finding found;
    const char *text = walk->value;
    size_t length = walk->length;
    if (walk->kind == JSON_STRING) {
        text++;
        length -= 2;
        if (!walk->plain)
            text = decode(strings, walk->value, walk->length, &length);
        if (text == NULL)
            return -1;
    }
    if (inspect_scalar(inspect, key, walk->kind, text, length, &found) != 0)
        return -1;
    doubt(key, &found);
    add(finding, &found);
    return 0;
}

/*
 * Return the meaning of a value's key, and add personal values in the key. NULL when memory runs
 * out.
 */
static const struct key_meaning *inspect_at_name(struct inspect *inspect,
    const struct json_walk *walk, struct buf *strings, struct key_meaning *room,
    struct inspect_finding *finding)
{
    const char *name = walk->key + 1;
    size_t length = walk->key_length - 2;
    if (!walk->key_plain)
        name = decode(strings, walk->key, walk->key_length, &length);
    if (name == NULL)
        return NULL;
    unsigned shaped = detect_kinds(name, length, DETECT_ALL);
    finding->kinds |= shaped;
    finding->shaped |= shaped;
    return meaning_of(inspect, name, length, room);
}

int inspect_json(struct inspect *inspect, const struct inspect_key *key, const char *text,
    size_t length, struct inspect_finding *finding)
{
    struct json_walk walk;
    enum json_walk_event event;
    int result = 0;
    memset(finding, 0, sizeof *finding);
    if (inspect->level == LEVELS)
        return 0;
    struct inspect_key *above = inspect->above[inspect->level];
    struct buf *strings = &inspect->strings[inspect->level];
    inspect->level++;
    json_walk_start(&walk, text, length);
    while (result == 0 && (event = json_walk_next(&walk)) != JSON_WALK_END) {
        struct inspect_key own = walk.depth == 0 ? *key : above[walk.depth - 1];
        struct key_meaning room;
        if (event == JSON_WALK_CLOSE)
            continue;
        if (walk.key != NULL) {
            const struct key_meaning *meaning =
                inspect_at_name(inspect, &walk, strings, &room, finding);
            result = meaning == NULL ? -1 : 0;
            if (meaning != NULL)
                inspect_key_below(&own, meaning, &above[walk.depth - 1]);
        }
        if (event == JSON_WALK_OPEN)
            above[walk.depth] = own;
        else if (result == 0)
            result = inspect_at_scalar(inspect, &own, &walk, strings, finding);
    }
    inspect->level--;
    return result;
}

static int inspect_at_json(struct inspect *inspect, const struct inspect_key *key, const char *text,
    size_t length, struct inspect_finding *finding)
{
    struct json_result result;
    struct inspect_finding found;
    if (json_scan(text, length, NULL, JSON_MAX_DEPTH, NULL, &result) != JSON_OK)
        return 0;
    if (inspect_json(inspect, key, text, length, &found) != 0)
        return -1;
    add(finding, &found);
    finding->kinds |= 1u << INSPECT_JSON;
    return 0;
}

/* Return true when the bytes are UTF-8 text without control characters. */
static bool is_text(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' && strchr("\t\n\r", text[i]) == NULL)
            return false;
    return memchr(text, '\0', length) == NULL && json_string_is_utf8(text, length);
}

/* Return true when a text may be base64: it has letters of both cases, hexadecimal only one. */
static bool is_base64(const struct likely *value)
{
    const char *text = value->text;
    size_t length = value->length;
    const struct census *census = value->census;
    if (length < BASE64_LEAST || census->capitals == 0 || census->capitals == census->letters ||
        census->blanks + census->dots + census->colons > 0)
        return false;
    bool lower = false;
    bool upper = false;
    for (size_t i = 0; i < length; i++) {
        bool letter = (unsigned char)((text[i] | 0x20) - 'a') < 26;
        if (!letter && (unsigned char)(text[i] - '0') > 9 && text[i] != '+' && text[i] != '/' &&
            text[i] != '-' && text[i] != '_' && text[i] != '=')
            return false;
        lower |= letter && (text[i] & 0x20) != 0;
        upper |= letter && (text[i] & 0x20) == 0;
    }
    return lower && upper;
}

static int inspect_at_base64(struct inspect *inspect, const struct inspect_key *key,
    const char *text, size_t length, struct inspect_finding *finding)
{
    struct inspect_finding found = { 0 };
    struct census census;
    struct buf *out = &inspect->packed[inspect->level];
    size_t size = 0;
    buf_clear(out);
    if (buf_reserve(out, base64_decoded_max(length)) == NULL)
        return -1;
    if (base64_decode_any(text, length, (unsigned char *)out->data, &size) != 0)
        return 0;
    out->length = size;
    if (!is_text(out->data, size))
        return 0;
    const struct likely value = { out->data, size, false, &census };
    census_take(out->data, size, &census);
    inspect->level++;
    int looked = inspect_string(inspect, key, &value, &found);
    inspect->level--;
    if (looked != 0)
        return -1;
    add(finding, &found);
    finding->kinds |= 1u << INSPECT_BASE64;
    return 0;
}

static int inspect_at_packed(struct inspect *inspect, const struct inspect_key *key,
    const struct likely *value, struct inspect_finding *finding)
{
    const char *text = value->text;
    size_t length = value->length;
    size_t start = 0;
    if (length < 2 || inspect->level == LEVELS)
        return 0;
    while (start < length &&
        (text[start] == ' ' || text[start] == '\t' || text[start] == '\r' || text[start] == '\n'))
        start++;
    if (start < length && (text[start] == '{' || text[start] == '['))
        return inspect_at_json(inspect, key, text, length, finding);
    if (is_base64(value))
        return inspect_at_base64(inspect, key, text, length, finding);
    return 0;
}
