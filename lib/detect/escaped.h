#ifndef DETECT_ESCAPED_H
#define DETECT_ESCAPED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Escapes in a text that is spelt for another format: JSON in a string (RFC 8259, section 7) and
 * parts of URLs (RFC 3986, section 2.1). Their letters and digits are no part of a word behind
 * them. Only lib/detect includes this.
 */

/*
 * escaped_size(text, length, at):
 * Return the length of the escape at ${at}, or 0: "\n" and the like, "\u003c", "%20", and "%2520",
 * which was encoded twice. Others end with a sign, which no word begins with.
 */
size_t escaped_size(const char *text, size_t length, size_t at);

/* Return true when the text before ${at} ends with an escape. */
bool escaped_ends(const char *text, size_t at);

/* Return the length of the "/" that ends at ${at}, which may be escaped, or 0. */
size_t escaped_slash_size(const char *text, size_t at);

/* Return true when the text before ${at} is an escaped "+". */
bool escaped_is_plus(const char *text, size_t at);

/* Return true when the text before ${at} is an escape of one letter: "\n". */
bool escaped_is_letter(const char *text, size_t at);

#endif
