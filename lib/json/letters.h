#ifndef JSON_LETTERS_H
#define JSON_LETTERS_H

#include <stddef.h>
#include <stdint.h>

/* The characters of a decoded text, valid UTF-8, for who makes other texts of them. */

/* The character at ${text}, before ${end}, into ${point}: how many bytes it has, 1 to 4. A byte
 * that is no UTF-8 is U+FFFD, of one byte. */
size_t json_letters_next(const char *text, const char *end, uint32_t *point);

/* Its lower case, of Latin, Greek and Cyrillic; others stay what they are. */
uint32_t json_letters_lower(uint32_t point);

/* Write it, no surrogate, at ${out}: how many bytes, 1 to 4. */
enum { JSON_LETTERS_MOST = 4 };
size_t json_letters_put(char out[JSON_LETTERS_MOST], uint32_t point);

#endif
