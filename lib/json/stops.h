#ifndef JSON_STOPS_H
#define JSON_STOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Find the places of a text where a string may end or be invalid: quotes, backslashes and control
 * characters. Check that the bytes of its strings are UTF-8 (RFC 3629).
 *
 * Each window of 64 bytes is examined as a whole, as a mask. Searching the end of each string from
 * its start would make every string wait for the one before. Windows are independent, so the
 * processor works on the next while this one is read. Only lib/json includes this.
 */
enum { JSON_STOPS_WINDOW = 64, JSON_STOPS_AHEAD = 16 };

struct json_stops {
    const char *text;
    const char *end;
    const char *window;      /* start of the window, a multiple of 64 bytes into the text */
    uint64_t bits;           /* bit i: window[i] is a stop (or non-ASCII and unchecked) */
    const char *bad;         /* the first byte that is wrong in any valid sequence, or NULL */
    const uint64_t *current; /* private: ${bits} of the windows from there on, before any check */
    const uint64_t *last;    /* private: the last known one */
    uint64_t ahead[JSON_STOPS_AHEAD];
};

/* Begin with the first window of text[0, length). */
void json_stops_init(struct json_stops *stops, const char *text, size_t length);

/* As json_stops_next(), when there is no stop after that place in the window. */
const char *json_stops_seek(struct json_stops *stops, const char *at);

/*
 * Check the window of the non-ASCII byte at ${at}, just returned, so that such bytes are no longer
 * stops. Return the next stop, as json_stops_next().
 */
const char *json_stops_check(struct json_stops *stops, const char *at);

/*
 * Return the first stop, or unchecked byte of 0x80 or more, at or after ${at}. ${at} is inside a
 * string, and not before the last place asked for. Return NULL when there is none before the end of
 * the text, or before the first byte that is not UTF-8, which is then in ${bad}. A sequence that
 * the end of the text cuts is not bad.
 */
static inline const char *json_stops_next(struct json_stops *stops, const char *at)
{
    size_t offset = (size_t)(at - stops->window);
    if (offset < JSON_STOPS_WINDOW && stops->bits >> offset)
        return at + __builtin_ctzll(stops->bits >> offset);
    return json_stops_seek(stops, at);
}

/*
 * For a stop at ${at}: skip the escaped quotes and backslashes from there on, of which JSON in a
 * string is full. Return the first other stop, or NULL, as json_stops_next().
 */
const char *json_stops_pass_escapes(struct json_stops *stops, const char *at);

#endif
