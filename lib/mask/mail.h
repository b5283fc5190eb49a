#ifndef MASK_MAIL_H
#define MASK_MAIL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Mail addresses in the plain form that people have: a dot-atom of RFC 5322 section 3.2.3, letters
 * beyond ASCII too (RFC 6531; no signs, blanks, full-width forms), an "@", and a domain of two
 * labels or more whose last one does not begin with a digit, so that it is no IP address. Dots may
 * repeat before the "@", as they do in addresses that are in use. No quoted part, no address
 * literal, no comment, no blank.
 */
enum { MAIL_LOCAL_MAX = 64, MAIL_DOMAIN_MAX = 253 };

/* Whether valid UTF-8 is one; *at is then where the "@" stands. */
bool mail_read(const char *text, size_t length, size_t *at);

/* Whether the text is domains of the above, in lower case, separated by single commas. */
bool mail_domains_are(const char *text, size_t length);

/* Whether the domain, in lower case, is among ${list}, which mail_domains_are() took. */
bool mail_domains_have(const char *list, const char *domain, size_t length);

/* Make the letters of ASCII small, in place. */
void mail_lower(char *text, size_t length);

#endif
