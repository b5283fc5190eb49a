#ifndef AWS_CREDENTIALS_H
#define AWS_CREDENTIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/error.h"

/* What requests are signed with. */
struct credentials {
    char *access_key_id;
    char *secret_access_key;
    char *session_token; /* NULL: long-lived keys have none */
    uint64_t expires_ms; /* since 1970; 0: never, as far as is known */
};

/*
 * credentials_set(credentials, id, secret, token, cause, place, error):
 * Copy them into ${credentials}; ${token} may be NULL. What could not stand in a
 * header is refused with ${cause} and "the credentials in PLACE are malformed".
 */
enum aws_cause credentials_set(struct credentials *credentials, const char *id, const char *secret,
    const char *token, enum aws_cause cause, const char *place, struct aws_error *error);

/* Whether text[0, length) is one word of printable ASCII: in a header anything else could forge a
 * line. */
bool credentials_is_word(const char *text, size_t length);

/* The value of a variable; NULL: not set, or empty. */
const char *credentials_variable(const char *name);

/*
 * credentials_time(text, time_ms):
 * A time of RFC 3339 or ISO 8601 with its zone ("2026-11-21T13:00:00Z", "….123+00:00") as
 * milliseconds since 1970. False: it is none.
 */
bool credentials_time(const char *text, uint64_t *time_ms);

bool credentials_same(const struct credentials *a, const struct credentials *b);
void credentials_free(struct credentials *credentials); /* wipes; of a zeroed one too */

#endif
