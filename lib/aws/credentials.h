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

/* Who asks for credentials, and with what means. */
struct credentials_request {
    const char *profile;   /* --profile, or NULL */
    const char *region;    /* whose STS is asked to assume a role */
    const char *ca_bundle; /* file of trusted certificates, or NULL */
    int stop_fd;           /* when it can be read, give up with AWS_STOPPED; -1: never */
};

/*
 * credentials_load(credentials, request, error):
 * Ask each place in the order of the AWS SDKs; the first that is set up for it gives them, and if
 * it fails no further one is asked:
 *
 *     the environment              credentials_environment.h   not with --profile
 *     the profile's role           credentials_profile.h
 *     a web identity               credentials_web_identity.h  not with --profile
 *     else of the profile files    credentials_profile.h
 *     the container's endpoint     credentials_container.h
 *     the instance's metadata      credentials_instance.h
 *
 * The variables of the environment are read anew each time, and so are files. Blocks until it is
 * known: at most 12 seconds for an endpoint or the instance, 20 for each role to assume, 60 for a
 * credential_process. AWS_SETTING: there are none, or what is set up cannot be used; AWS_CONFIG:
 * a file is wrong; AWS_TEMPORARY: who gives them did not answer, tries repeated.
 *
 * Credentials that have expired by this machine's clock are given all the same: the clock may be
 * wrong, and who is asked may have none newer. The server decides.
 */
enum aws_cause credentials_load(struct credentials *credentials,
    const struct credentials_request *request, struct aws_error *error);

/*
 * For those places: copy them into ${credentials}; ${token} may be NULL. What could not stand in a
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
