#ifndef MASK_SIGN_H
#define MASK_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters beyond ASCII that are known to be no letter and no digit: punctuation, blanks, signs,
 * pictures. Of what is not among them nothing is known. */
bool sign_is(uint32_t character);

/* The character of valid UTF-8 that begins with a byte of 0x80 or more at ${text}; its length. */
size_t sign_read(const char *text, uint32_t *character);

#endif
