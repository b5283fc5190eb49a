#ifndef PII_SCAN_PIECE_H
#define PII_SCAN_PIECE_H

#include <stdbool.h>
#include <stddef.h>

/* What a piece that looks personal is instead. */

/* siv1.KEYID. and its like, which pii-mask writes. */
bool piece_is_token(const char *text, size_t length);

/* An e-mail address of a function, not of a person: noreply@, info@. */
bool piece_is_role(const char *text, size_t length);

/* An IPv4 address that no network outside sees (RFC 1918, 1122, 3927, 6598). */
bool piece_is_own(const char *text, size_t length);

/* Whether the IPv4 address that ends at ${end} of a text is that of a whole network, as settings
 * have it: 10.0.0.0/8. */
bool piece_is_network(const char *text, size_t length, size_t end);

#endif
