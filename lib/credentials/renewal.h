#ifndef CREDENTIALS_RENEWAL_H
#define CREDENTIALS_RENEWAL_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "aws/error.h"
#include "credentials/request.h"

/*
 * Keeps credentials valid. It renews those that expire a quarter of an hour before they do, or
 * after half of a shorter life, and whenever a server reports that they expired.
 *
 * A renewal runs in its own thread. So requests and lease extensions never wait for a container
 * endpoint, STS or a credential_process, however slow. A failed renewal changes nothing while the
 * old credentials are valid; it is retried with back-off, up to a minute apart.
 */
struct credentials_renewal;

enum credentials_renewal_state {
    CREDENTIALS_RENEWAL_GOOD,    /* as far as known */
    CREDENTIALS_RENEWAL_REFUSED, /* expired; a renewal is in progress, or will be retried */
    CREDENTIALS_RENEWAL_LOST     /* expired, and there will be no others */
};

/*
 * credentials_renewal_open(request, error):
 * Load the first credentials and wait for them (credentials_chain_load()). The texts of ${request}
 * are copied; its stop_fd serves only this first load. Return NULL with ${error}.
 */
struct credentials_renewal *credentials_renewal_open(const struct credentials_request *request,
    struct aws_error *error);
/* Cancel a running renewal, and free ${renewal}; NULL is fine. */
void credentials_renewal_close(struct credentials_renewal *renewal);

/* Return the credentials to sign with, valid until the next credentials_renewal_work(). */
const struct credentials *credentials_renewal_current(const struct credentials_renewal *renewal);

/* Return the number of changes of the current credentials. */
unsigned credentials_renewal_generation(const struct credentials_renewal *renewal);

/* Note that a server reports the current credentials as expired. */
void credentials_renewal_refuse(struct credentials_renewal *renewal);

/*
 * credentials_renewal_work(renewal, offset_ms):
 * Begin and end renewals as they are due. ${offset_ms} is added to the clock of this machine.
 * Return the milliseconds until the next call; -1 for not before the descriptor of
 * credentials_renewal_fd() is readable.
 */
int credentials_renewal_work(struct credentials_renewal *renewal, int64_t offset_ms);
int credentials_renewal_fd(const struct credentials_renewal *renewal);

enum credentials_renewal_state credentials_renewal_state(const struct credentials_renewal *renewal);

/*
 * Return why the last renewal failed. The cause is AWS_OK when it did not fail, or gave the same
 * credentials. Errors in settings and files count as AWS_TEMPORARY: they were valid once.
 */
const struct aws_error *credentials_renewal_error(const struct credentials_renewal *renewal);

/* Return true when a series of failures has begun since the last call: once for each series. */
bool credentials_renewal_began_failing(struct credentials_renewal *renewal);

#endif
