#ifndef JSON_STRINGS_H
#define JSON_STRINGS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Iterate over the strings of a valid text, keys and values at every depth, without its structure.
 */
struct json_string_place {
    size_t start; /* of the opening quote */
    size_t end;   /* past the closing quote */
    bool plain;   /* without escapes: the bytes are the content */
};

/*
 * json_strings_next(text, end, at, place):
 * Find the first string of text[*at, end), a part of a valid text that cuts no string, and move *at
 * past it. Return false when there is none.
 */
bool json_strings_next(const char *text, size_t end, size_t *at, struct json_string_place *place);

#endif
