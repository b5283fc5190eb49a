#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/string.h"
#include "json/strings.h"
#include "json/walk.h"
#include "mask/personal.h"
#include "mask/version.h"

enum { GIVEN_BACK_ABOVE = 1 << 20 };

struct piece {
    uint32_t start; /* offset in the record as spelt */
    uint32_t end;
    uint32_t kind;
};

struct personal {
    const struct compiled *compiled;
    unsigned seal; /* sets of kinds */
    unsigned redact;
    struct piece *pieces; /* of the current record, in order */
    size_t count;
    size_t capacity;
    size_t next; /* the first piece not replaced yet */
    bool keys;   /* some are of keys */
    struct buf scratch;
    struct buf hashes; /* uint64_t: of the keys that may be redacted ones */
};

struct personal *personal_new(const struct compiled *compiled)
{
    struct personal *personal = calloc(1, sizeof *personal);
    if (personal == NULL)
        return NULL;
    personal->compiled = compiled;
    personal->seal = compiled->policy->checks.detect_seal;
    personal->redact = compiled->policy->checks.detect_redact;
    buf_init(&personal->scratch, SIZE_MAX);
    buf_init(&personal->hashes, SIZE_MAX);
    return personal;
}

void personal_free(struct personal *personal)
{
    if (personal == NULL)
        return;
    free(personal->pieces);
    buf_wipe(&personal->scratch);
    buf_free(&personal->hashes);
    free(personal);
}

static bool note(struct personal *personal, size_t start, size_t end, enum detect_kind kind)
{
    if (personal->count == personal->capacity) {
        size_t capacity = personal->capacity > 0 ? personal->capacity * 2 : 16;
        struct piece *grown = realloc(personal->pieces, capacity * sizeof *grown);
        if (grown == NULL)
            return false;
        personal->pieces = grown;
        personal->capacity = capacity;
    }
    personal->pieces[personal->count++] =
        (struct piece){ (uint32_t)start, (uint32_t)end, (uint32_t)kind };
    return true;
}

/* Return true for a key: the text, of an object, goes on with a colon behind the string. */
static bool is_key(const char *text, size_t end)
{
    while ((unsigned char)text[end] <= ' ')
        end++;
    return text[end] == ':';
}

static enum personal_result judge_string(struct personal *personal, const char *text,
    const struct json_string_place *place, enum detect_kind *kind)
{
    const char *quoted = text + place->start;
    size_t length = place->end - place->start;
    const char *content = quoted + 1;
    size_t content_length = length - 2;
    if (!place->plain) {
        buf_clear(&personal->scratch);
        if (json_string_decode(&personal->scratch, quoted, length) != 0)
            return PERSONAL_FAILED;
        content = personal->scratch.data;
        content_length = personal->scratch.length;
    }
    struct detect search;
    struct detect_piece piece;
    size_t raw = 1;
    size_t decoded = 0;
    detect_start(&search, content, content_length, personal->seal | personal->redact);
    while (detect_next(&search, &piece)) {
        if (piece.kind == DETECT_IPV4 && version_is(text, place->start, place->end))
            continue;
        *kind = piece.kind;
        if (personal->seal & DETECT_BIT(piece.kind))
            return PERSONAL_SEAL;
        json_string_seek(quoted, length, &raw, &decoded, piece.offset);
        size_t start = place->start + raw;
        json_string_seek(quoted, length, &raw, &decoded, piece.offset + piece.length);
        if (!note(personal, start, place->start + raw, piece.kind))
            return PERSONAL_FAILED;
        personal->keys = personal->keys || is_key(text, place->end);
    }
    return PERSONAL_NOTHING;
}

/* Judge the strings of an undecided part of the record. */
static enum personal_result judge_part(struct personal *personal, const char *text, size_t start,
    size_t end, enum detect_kind *kind)
{
    enum personal_result result = PERSONAL_NOTHING;
    struct json_string_place place;
    while (result == PERSONAL_NOTHING && json_strings_next(text, end, &start, &place))
        result = judge_string(personal, text, &place, kind);
    return result;
}

enum personal_result personal_check(struct personal *personal, const char *text, size_t length,
    const struct json_matches *matches, enum detect_kind *kind)
{
    enum personal_result result = PERSONAL_NOTHING;
    size_t decided = 0;
    if (personal->capacity > GIVEN_BACK_ABOVE / sizeof *personal->pieces) {
        free(personal->pieces);
        personal->pieces = NULL;
        personal->capacity = 0;
    }
    personal->count = 0;
    personal->next = 0;
    personal->keys = false;
    for (size_t i = 0; i < matches->count && result == PERSONAL_NOTHING; i++) {
        const struct json_match *match = &matches->list[i];
        if (match->value < decided || !compiled_is_decided(&personal->compiled->nodes[match->node]))
            continue;
        result = judge_part(personal, text, decided, match->key, kind);
        decided = match->end;
    }
    if (result == PERSONAL_NOTHING)
        result = judge_part(personal, text, decided, length, kind);
    buf_shrink(&personal->scratch, GIVEN_BACK_ABOVE);
    return result == PERSONAL_NOTHING && personal->count > 0 ? PERSONAL_REDACT : result;
}

void personal_redact(struct personal *personal, struct json_splice *splice, size_t offset)
{
    for (; personal->next < personal->count; personal->next++) {
        const struct piece *piece = &personal->pieces[personal->next];
        if (piece->start >= offset)
            return;
        json_splice_copy(splice, piece->start);
        buf_putc(splice->out, '[');
        buf_puts(splice->out, detect_name((enum detect_kind)piece->kind));
        buf_putc(splice->out, ']');
        json_splice_skip(splice, piece->end);
    }
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(uint64_t)); /* any order will do */
}

/* Append the FNV-1a hash of a key in the object with this number. Return 0, or -1. */
static int add_key(struct personal *personal, uint64_t object, const struct json_walk *walk)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325) ^ object * UINT64_C(0x9E3779B97F4A7C15);
    buf_clear(&personal->scratch);
    if (json_string_decode(&personal->scratch, walk->key, walk->key_length) != 0)
        return -1;
    for (size_t i = 0; i < personal->scratch.length; i++)
        hash = (hash ^ (unsigned char)personal->scratch.data[i]) * UINT64_C(0x100000001B3);
    return buf_append(&personal->hashes, &hash, sizeof hash);
}

/* Only keys that can have a "[" are compared. Two of one hash seal the record without need. */
enum token_result personal_keys(struct personal *personal, const char *text, size_t length)
{
    uint64_t objects[JSON_MAX_DEPTH + 1];
    uint64_t serial = 0;
    struct json_walk walk;
    enum json_walk_event event;
    if (!personal->keys)
        return TOKEN_OK;
    buf_clear(&personal->hashes);
    json_walk_start(&walk, text, length);
    while ((event = json_walk_next(&walk)) != JSON_WALK_END) {
        if (event == JSON_WALK_OPEN)
            objects[walk.depth] = ++serial;
        if (event != JSON_WALK_CLOSE && walk.key != NULL &&
            (!walk.key_plain || memchr(walk.key, '[', walk.key_length) != NULL) &&
            add_key(personal, objects[walk.depth - 1], &walk) != 0)
            return TOKEN_FAILED;
    }
    char *hashes = personal->hashes.data;
    size_t end = personal->hashes.length;
    bool equal = false;
    if (end > 0)
        qsort(hashes, end / sizeof(uint64_t), sizeof(uint64_t), compare);
    for (size_t i = sizeof(uint64_t); i < end && !equal; i += sizeof(uint64_t))
        equal = compare(hashes + i - sizeof(uint64_t), hashes + i) == 0;
    buf_shrink(&personal->hashes, GIVEN_BACK_ABOVE);
    return equal ? TOKEN_MALFORMED : TOKEN_OK;
}
