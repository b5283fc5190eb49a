#ifndef CREDENTIALS_RENEWAL_H
#define CREDENTIALS_RENEWAL_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "aws/error.h"
#include "credentials/request.h"

/*
 * Keeps credentials good: renews those that expire a quarter of an hour before they do, or when
 * half their life is over if that is shorter, and again whenever a server says that they expired.
 *
 * A renewal runs in a thread of its own, so nobody waits for it: neither requests nor heartbeats
 * are held up, however long a container's endpoint, STS or a credential_process takes. One that
 * fails changes nothing while the old credentials are good; it is tried again with back-off, up to
 * a minute apart.
 */
struct credentials_renewal;

enum credentials_renewal_state {
    CREDENTIALS_RENEWAL_GOOD,    /* as far as is known */
    CREDENTIALS_RENEWAL_REFUSED, /* expired; a renewal is under way, or will be tried again */
    CREDENTIALS_RENEWAL_LOST     /* expired, and there will be no others */
};

/*
 * credentials_renewal_open(request, error):
 * Load the first credentials, waiting for them (credentials_chain_load()). What ${request} points
 * at is copied; its stop_fd is of this first time only. NULL with ${error}.
 */
struct credentials_renewal *credentials_renewal_open(const struct credentials_request *request,
    struct aws_error *error);
void credentials_renewal_close(
    struct credentials_renewal *renewal); /* gives up what runs; NULL: fine */

/* What to sign with, until the next credentials_renewal_work(). */
const struct credentials *credentials_renewal_current(const struct credentials_renewal *renewal);

/* Counts the changes of what is current. */
unsigned credentials_renewal_generation(const struct credentials_renewal *renewal);

/* A server says that the current ones have expired. */
void credentials_renewal_refuse(struct credentials_renewal *renewal);

/*
 * credentials_renewal_work(renewal, offset_ms):
 * Begin and end renewals as they are due. ${offset_ms} is what to add to this machine's clock.
 * Returns the milliseconds until it should be called again; -1: not before the descriptor of
 * credentials_renewal_fd() can be read.
 */
int credentials_renewal_work(struct credentials_renewal *renewal, int64_t offset_ms);
int credentials_renewal_fd(const struct credentials_renewal *renewal);

enum credentials_renewal_state credentials_renewal_state(const struct credentials_renewal *renewal);

/*
 * Why the last renewal failed; cause AWS_OK: it did not, or only brought the same again. What lies
 * in settings and files counts as AWS_TEMPORARY: they were good once.
 */
const struct aws_error *credentials_renewal_error(const struct credentials_renewal *renewal);

/* Whether a run of failures has begun since this was asked last: once for each run. */
bool credentials_renewal_trouble(struct credentials_renewal *renewal);

#endif
