#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/path.h"
#include "json/validity.h"

/*
 * One pass over the raw bytes of one JSON text. The whole text is validated: RFC 8259, UTF-8
 * without overlong forms and surrogates, \u escapes without lone surrogates, depth at most
 * JSON_MAX_DEPTH. The scan notes, as offsets, the places that a set of paths names. Nothing is
 * decoded, copied or changed. It is not recursive; its memory is the list of matches, which the
 * caller keeps from text to text.
 *
 * Whitespace around the text is allowed, other content after it is not. U+FEFF at the start (a byte
 * order mark) is an error. Keys are compared decoded ("\u0069p" is ip). Every occurrence of a
 * duplicate key matches, in the order of the text.
 */

enum { JSON_MAX_DEPTH = 256 };

enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

/*
 * A place: text[value, end) is the value. ${key} is the offset of the opening quote of the member's
 * key, whose end json_key_end_before() finds. For an array element or the root it equals ${value}.
 */
struct json_match {
    uint32_t node; /* of json/path.h */
    uint32_t key;
    uint32_t value;
    uint32_t end;   /* UINT32_MAX while open: seen only after an error inside the value */
    uint16_t kind;  /* enum json_kind */
    uint16_t plain; /* a string without escapes, so that its bytes are its content */
};

struct json_matches {
    struct json_match *list;
    size_t count;
    size_t capacity;
    size_t most; /* more of them are JSON_TOO_MANY; 0: any number */
};

struct json_result {
    enum json_error error;
    size_t offset;       /* where the error was found */
    enum json_kind kind; /* of the root */
    size_t start;        /* of the root value, after leading whitespace */
    size_t end;          /* its end, without trailing whitespace */
};

/*
 * json_scan(text, length, paths, depth, matches, result):
 * Scan text[0, length). ${paths} may be NULL (validate only; ${matches} may be NULL then too).
 * ${depth} is the deepest nesting allowed, 1 to JSON_MAX_DEPTH: "[]" has depth 1. Every node of the
 * tree matches, whatever the kind of value; also the root and nodes inside a longer path. Matches
 * are in document order, a container before its content. Return result->error. After an error the
 * matches whose values ended before it are complete.
 */
enum json_error json_scan(const char *text, size_t length, const struct json_paths *paths,
    unsigned depth, struct json_matches *matches, struct json_result *result);

void json_matches_free(struct json_matches *matches); /* accepts a zeroed one */

/* Free the list if it takes more than ${keep} bytes. */
void json_matches_shrink(struct json_matches *matches, size_t keep);

/*
 * Return a short stable word: "syntax", "utf8", "surrogate", "depth", "too-many", "too-big"; "ok".
 */
const char *json_error_name(enum json_error error);

/* Return the offset just past the closing quote of the key of the member's value at text[value] of
 * a valid text. */
size_t json_key_end_before(const char *text, size_t value);

#endif
