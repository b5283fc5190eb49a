#ifndef DETECT_PHONE_H
#define DETECT_PHONE_H

#include <stddef.h>

/*
 * phone_number(text, length, at):
 * The length of the telephone number (detect/detect.h) that begins at text[at] with a digit, "+" or
 * "(", or 0. There must be no letter, digit or "_" before it. Only lib/detect includes this.
 */
size_t phone_number(const char *text, size_t length, size_t at);

#endif
