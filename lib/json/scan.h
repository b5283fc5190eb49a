#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/path.h"
#include "json/validity.h"

/*
 * One pass over the raw bytes of one JSON text: it is validated whole (RFC 8259, UTF-8 without
 * overlong forms and surrogates, \u escapes without lone surrogates, depth at most
 * JSON_MAX_DEPTH) and the places that a set of paths names are noted by offset. Nothing is decoded,
 * copied or changed. Not recursive; memory is the list of matches, which the caller keeps from
 * text to text.
 *
 * Whitespace around the text is allowed, content after it is not. U+FEFF at the start (a byte order
 * mark) is an error. Keys are compared decoded ("\u0069p" is ip). Of duplicate keys every
 * occurrence matches, in the order of the text.
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
 * A place: text[value, end) is the value. ${key} is the offset of the member's key (its opening
 * quote; the key's end is found by json_key_end()), or equals ${value} for an array element or the
 * root.
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
    size_t offset;       /* where the error was noticed */
    enum json_kind kind; /* of the root */
    size_t start;        /* of the root value, after leading whitespace; */
    size_t end;          /* and its end, without trailing whitespace */
};

/*
 * json_scan(text, length, paths, depth, matches, result):
 * Scan text[0, length). ${paths} may be NULL (validate only; ${matches} may be NULL then too).
 * ${depth} is the deepest nesting allowed, 1 to JSON_MAX_DEPTH: "[]" has depth 1. Every node of the
 * tree matches, those on the way to a longer path and the root too, whatever the kind of value.
 * Matches are in document order, a container before what is in it. Return result->error; on an
 * error the matches whose values ended before it are still there and whole.
 */
enum json_error json_scan(const char *text, size_t length, const struct json_paths *paths,
    unsigned depth, struct json_matches *matches, struct json_result *result);

void json_matches_free(struct json_matches *matches); /* of a zeroed one too */

/* Give the list back if it takes more than ${keep} bytes. */
void json_matches_shrink(struct json_matches *matches, size_t keep);

/* A short stable word: "syntax", "utf8", "surrogate", "depth", "too-many", "too-big"; "ok". */
const char *json_error_name(enum json_error error);

/* For a key at text[key] of a valid text: the offset just past its closing quote; and the same for
 * the member whose value is at text[value], which takes less. */
size_t json_key_end(const char *text, size_t key);
size_t json_key_end_before(const char *text, size_t value);

#endif
