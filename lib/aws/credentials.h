#ifndef AWS_CREDENTIALS_H
#define AWS_CREDENTIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/error.h"

/* Credentials for signing requests. */
struct credentials {
    char *access_key_id;
    char *secret_access_key;
    char *session_token; /* NULL for long-lived keys */
    uint64_t expires_ms; /* since 1970; 0 when unknown or never */
};

/*
 * credentials_set(credentials, id, secret, token, cause, place, error):
 * Copy them into ${credentials}; ${token} may be NULL. A text that is not valid in a header is
 * refused with ${cause} and "the credentials in PLACE are malformed".
 */
enum aws_cause credentials_set(struct credentials *credentials, const char *id, const char *secret,
    const char *token, enum aws_cause cause, const char *place, struct aws_error *error);

/* Return true when text[0, length) is one word of printable ASCII: any other text could forge a
 * header line. */
bool credentials_is_word(const char *text, size_t length);

/* Return the value of a variable, or NULL when it is unset or empty. */
const char *credentials_variable(const char *name);

/*
 * credentials_time(text, time_ms):
 * Read a time of RFC 3339 or ISO 8601 with its zone ("2026-11-21T13:00:00Z", "….123+00:00") as
 * milliseconds since 1970. Return false when it is invalid.
 */
bool credentials_time(const char *text, uint64_t *time_ms);

bool credentials_same(const struct credentials *a, const struct credentials *b);
void credentials_free(struct credentials *credentials); /* wipes; a zeroed one is fine */

#endif
