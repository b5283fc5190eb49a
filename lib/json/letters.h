#ifndef JSON_LETTERS_H
#define JSON_LETTERS_H

#include <stddef.h>
#include <stdint.h>

/* The characters of a decoded text, valid UTF-8, for code that derives other texts from it. */

/*
 * Read the character at ${text}, before ${end}, into ${point}. Return its length, 1 to 4 bytes. A
 * byte that is not UTF-8 is U+FFFD, of length 1.
 */
size_t json_letters_next(const char *text, const char *end, uint32_t *point);

/* Return the lower case of a Latin, Greek or Cyrillic letter; other characters are unchanged. */
uint32_t json_letters_lower(uint32_t point);

/* Write the character, not a surrogate, to ${out}. Return its length, 1 to 4 bytes. */
enum { JSON_LETTERS_MOST = 4 };
size_t json_letters_put(char out[JSON_LETTERS_MOST], uint32_t point);

#endif
