#ifndef DETECT_JOINED_H
#define DETECT_JOINED_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/escaped.h"
#include "detect/shape.h"

/*
 * joined_by(text, at, c):
 * Return true when the byte before ${at} is ${c}, and joins a word to the text at ${at}. An escape
 * is no word. Only lib/detect includes this.
 */
static inline bool joined_by(const char *text, size_t at, char c)
{
    return at > 1 && text[at - 1] == c && shape_is_word(text[at - 2]) &&
        !escaped_ends(text, at - 1);
}

#endif
