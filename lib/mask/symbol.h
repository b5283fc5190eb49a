#ifndef MASK_SYMBOL_H
#define MASK_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters beyond ASCII that are known to be no letter and no digit: punctuation, blanks, signs,
 * pictures. Of what is not among them nothing is known. */
bool symbol_is(uint32_t character);

/* The character of valid UTF-8 that begins with a byte of 0x80 or more at ${text}; its length. */
size_t symbol_read(const char *text, uint32_t *character);

#endif
