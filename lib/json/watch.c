#include <stdlib.h>
#include <string.h>

#include "json/case_fold.h"
#include "json/escape.h"
#include "json/utf8.h"
#include "json/watch.h"

/* Names are compared up to here; two that agree so far count as one. */
enum { FOLDED = 256 };

struct json_watch_name {
    uint32_t node;
    size_t length;
    char *text; /* folded */
};

/*
 * Ignored in keys: "_", hyphens, blanks, control characters, and characters that Unicode ignores by
 * default (a byte order mark before the first key, a soft hyphen). And the dot that lower case
 * leaves of a Turkish capital I.
 */
static bool is_ignored(uint32_t point)
{
    static const uint32_t ranges[][2] = { { 0x7F, 0xA0 }, { 0xAD, 0xAD }, { 0x307, 0x307 },
        { 0x34F, 0x34F }, { 0x61C, 0x61C }, { 0x1680, 0x1680 }, { 0x180B, 0x180F },
        { 0x2000, 0x2015 }, { 0x2028, 0x202F }, { 0x205F, 0x206F }, { 0x2212, 0x2212 },
        { 0x3000, 0x3000 }, { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF }, { 0xE0000, 0xE0FFF } };
    if (point < 0x7F)
        return point == '_' || point == '-' || point <= ' ';
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (point >= ranges[i][0] && point <= ranges[i][1])
            return true;
    return false;
}

/* Return the ASCII character of a full-width form. */
static uint32_t narrow_point(uint32_t point)
{
    return point >= 0xFF01 && point <= 0xFF5E ? point - 0xFEE0 : point;
}

static uint32_t fold_point(uint32_t point)
{
    if (point < 0x80)
        return point >= 'A' && point <= 'Z' ? point + 0x20 : point;
    /* also the Turkish forms of i and I */
    return point == 0x130 || point == 0x131 ? 'i' : json_case_fold(point);
}

static size_t fold(const char *p, const char *end, bool plain, char out[FOLDED])
{
    size_t length = 0, taken = 0;
    for (; p < end && length <= FOLDED - 4; p += taken) {
        enum json_error error;
        uint32_t point;

        if (*p == '\\' && !plain) {
            taken = json_escape_parse(p, end, &point, &error);
        } else {
            taken = (unsigned char)*p < 0x80 ? 1 : json_utf8_measure(p, end);
            point = json_utf8_get(p, taken);
        }
        if (taken == 0)
            break; /* invalid, but that was checked before */
        point = narrow_point(point);
        if (!is_ignored(point))
            length += json_utf8_put(out + length, fold_point(point));
    }
    return length;
}

static int compare(const struct json_watch_name *name, const char *text, size_t length)
{
    if (name->length != length)
        return name->length < length ? -1 : 1;
    return memcmp(name->text, text, length);
}

/* Return the place of the name, or where it would be inserted. */
static size_t place_of(const struct json_watch *watch, const char *text, size_t length, bool *there)
{
    size_t low = 0, high = watch->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(&watch->names[middle], text, length);

        if (order == 0) {
            *there = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *there = false;
    return low;
}

uint32_t json_watch_search(const struct json_watch *watch, const char *key, const char *end,
    bool plain)
{
    char folded[FOLDED];
    bool there;
    size_t length, at;
    if ((size_t)(end - key) - 2 < watch->shortest)
        return JSON_NO_NODE;
    length = fold(key + 1, end - 1, plain, folded);
    at = place_of(watch, folded, length, &there);
    return there ? watch->names[at].node : JSON_NO_NODE;
}

/* Allow a first or last byte of a folded name in both cases. */
static void allow(struct json_watch *watch, unsigned char byte, uint8_t bit)
{
    watch->ends[byte] |= bit;
    if (byte >= 'a' && byte <= 'z')
        watch->ends[byte ^ 0x20] |= bit;
}

/* Ignored characters may precede and follow any name, and most are not ASCII. */
static void allow_any(struct json_watch *watch)
{
    for (unsigned byte = 0; byte < 256; byte++)
        if (byte >= 0x7F || is_ignored(byte))
            watch->ends[byte] |= JSON_WATCH_BEGINS | JSON_WATCH_ENDS;
}

struct json_watch *json_watch_new(void)
{
    struct json_watch *watch = calloc(1, sizeof *watch);
    if (watch)
        allow_any(watch);
    return watch;
}

/* Return the size of the shortest spelling: folding may make three bytes of two. */
static size_t shortest_of(const char *folded, size_t size)
{
    size_t shortest = size;
    for (size_t i = 0; i < size; i++)
        shortest -= ((unsigned char)folded[i] & 0xF0) == 0xE0;
    return shortest;
}

int json_watch_add(struct json_watch *watch, const char *key, size_t length, uint32_t node)
{
    char folded[FOLDED];
    size_t size = fold(key, key + length, true, folded), at;
    struct json_watch_name *names;
    bool there;
    at = place_of(watch, folded, size, &there);
    names = realloc(watch->names, (watch->count + 1) * sizeof *names);
    if (!names)
        return -1;
    watch->names = names;
    struct json_watch_name name = { node, size, malloc(size + 1) };
    if (!name.text)
        return -1;
    memcpy(name.text, folded, size);
    memmove(names + at + 1, names + at, (watch->count - at) * sizeof *names);
    names[at] = name;
    size_t shortest = shortest_of(folded, size);
    watch->shortest = watch->count == 0 || shortest < watch->shortest ? shortest : watch->shortest;
    watch->count++;
    if (size > 0) {
        allow(watch, (unsigned char)folded[0], JSON_WATCH_BEGINS);
        allow(watch, (unsigned char)folded[size - 1], JSON_WATCH_ENDS);
    } else {
        memset(watch->ends, JSON_WATCH_BEGINS | JSON_WATCH_ENDS, sizeof watch->ends);
    }
    return 0;
}

uint32_t json_watch_get(const struct json_watch *watch, const char *key, size_t length)
{
    char folded[FOLDED];
    bool there;
    size_t at = place_of(watch, folded, fold(key, key + length, true, folded), &there);
    return there ? watch->names[at].node : JSON_NO_NODE;
}

void json_watch_free(struct json_watch *watch)
{
    if (!watch)
        return;
    for (size_t i = 0; i < watch->count; i++)
        free(watch->names[i].text);
    free(watch->names);
    free(watch);
}
