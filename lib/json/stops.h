#ifndef JSON_STOPS_H
#define JSON_STOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The places of a text where a string may end or go wrong: quotes, backslashes and control
 * characters; and the check that the bytes of its strings are UTF-8 (RFC 3629).
 *
 * They are found for a window of 64 bytes at a time, as a mask. To find the end of each string
 * from its start would make every string wait for the one before; the windows do not depend on
 * what is in them, so that the processor works on the next while this one is being read. Only
 * lib/json includes this.
 */
enum { JSON_STOPS_WINDOW = 64, JSON_STOPS_AHEAD = 16 };

struct json_stops {
    const char *text;
    const char *end;
    const char *window; /* where the window begins, a multiple of 64 bytes into the text */
    uint64_t bits;      /* bit i: window[i] is a stop (or not ASCII, until that is checked) */
    const char *bad;    /* the first byte that no valid sequence has in its place, or NULL */
    const uint64_t
        *current;         /* of the windows from there on, as ${bits} before any check: its own, */
    const uint64_t *last; /* and the last that is known */
    uint64_t ahead[JSON_STOPS_AHEAD];
};

/* Begin with the first window of text[0, length). */
void json_stops_init(struct json_stops *stops, const char *text, size_t length);

/* As json_stops_next(), for a place that has no stop after it in the window. */
const char *json_stops_seek(struct json_stops *stops, const char *at);

/*
 * For a byte at ${at}, just returned and not ASCII: check the window, so that such bytes are stops
 * no more, and return the next stop as json_stops_next() would.
 */
const char *json_stops_check(struct json_stops *stops, const char *at);

/*
 * The first stop, or byte of 0x80 or more not yet checked, at or after ${at}, which lies inside a
 * string and not before the last place asked for. NULL when there is none before the end of the
 * text or the first byte that is not UTF-8, which is then in ${bad}. A sequence that the end of the
 * text cuts off is not bad.
 */
static inline const char *json_stops_next(struct json_stops *stops, const char *at)
{
    size_t offset = (size_t)(at - stops->window);

    if (offset < JSON_STOPS_WINDOW && stops->bits >> offset)
        return at + __builtin_ctzll(stops->bits >> offset);
    return json_stops_seek(stops, at);
}

/*
 * For a stop at ${at}: past the escaped quotes and backslashes from there on, which JSON in a
 * string is full of, to the first stop that is something else, or NULL, as json_stops_next().
 */
const char *json_stops_pass_escapes(struct json_stops *stops, const char *at);

#endif
