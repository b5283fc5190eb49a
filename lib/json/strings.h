#ifndef JSON_STRINGS_H
#define JSON_STRINGS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The strings of a valid text one after the other, keys and values at every depth, without its
 * structure.
 */
struct json_string_place {
    size_t start; /* of the opening quote */
    size_t end;   /* behind the closing one */
    bool plain;   /* without escapes, so that the bytes are the content */
};

/*
 * json_strings_next(text, end, at, place):
 * The first string of text[*at, end), a part of a valid text that cuts no string; *at moves behind
 * it. false: there is none.
 */
bool json_strings_next(const char *text, size_t end, size_t *at, struct json_string_place *place);

#endif
