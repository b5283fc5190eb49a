#ifndef MASK_SYMBOL_H
#define MASK_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Return true for a character beyond ASCII that is known to be neither letter nor digit:
 * punctuation, blanks, signs, pictures. Nothing is known about other characters.
 */
bool symbol_is(uint32_t character);

/*
 * Read the character of valid UTF-8 that begins with a byte of 0x80 or more at ${text}. Return its
 * length.
 */
size_t symbol_read(const char *text, uint32_t *character);

#endif
