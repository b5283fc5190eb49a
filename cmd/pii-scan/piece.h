#ifndef PII_SCAN_PIECE_H
#define PII_SCAN_PIECE_H

#include <stdbool.h>
#include <stddef.h>

/* Texts that look personal and are not. */

/* Return true for a token of pii-mask: siv1.KEYID. and others. */
bool piece_is_token(const char *text, size_t length);

/* Return true for an e-mail address of a function, not of a person: noreply@, info@. */
bool piece_is_role(const char *text, size_t length);

/*
 * Return true for an IPv4 address that is invisible outside its network (RFC 1918, 1122, 3927,
 * 6598).
 */
bool piece_is_local(const char *text, size_t length);

/*
 * Return true when the IPv4 address that ends at ${end} of a text is a network's, as settings write
 * it: 10.0.0.0/8.
 */
bool piece_is_network(const char *text, size_t length, size_t end);

#endif
