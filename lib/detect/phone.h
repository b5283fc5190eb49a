#ifndef DETECT_PHONE_H
#define DETECT_PHONE_H

#include <stddef.h>

/*
 * phone_number(text, length, at):
 * Return the length of the telephone number (detect/detect.h) that begins at text[at] with a digit,
 * "+" or "(", or 0. No letter, digit or "_" may be before it. Only lib/detect includes this.
 */
size_t phone_number(const char *text, size_t length, size_t at);

#endif
