#ifndef MASK_MAIL_H
#define MASK_MAIL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Plain mail addresses: a dot-atom of RFC 5322 section 3.2.3, an "@", and a domain. The dot-atom
 * may have letters beyond ASCII (RFC 6531), but no signs, blanks or full-width forms. The domain
 * has two labels or more, and the last does not begin with a digit, which excludes IP addresses.
 * Dots may repeat before the "@", as in some addresses in use. Quoted parts, address literals,
 * comments and blanks are refused.
 */
enum { MAIL_LOCAL_MAX = 64, MAIL_DOMAIN_MAX = 253 };

/* Return true when valid UTF-8 is a mail address, with *at the offset of the "@". */
bool mail_read(const char *text, size_t length, size_t *at);

/* Return true when the text is a list of such domains in lower case, separated by single commas. */
bool mail_domains_are(const char *text, size_t length);

/* Return true when the domain, in lower case, is in ${list}, which mail_domains_are() accepted. */
bool mail_domains_have(const char *list, const char *domain, size_t length);

/* Convert ASCII letters to lower case, in place. */
void mail_lower(char *text, size_t length);

#endif
