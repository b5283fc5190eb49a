#ifndef CREDENTIALS_KEEPER_H
#define CREDENTIALS_KEEPER_H

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
struct credentials_keeper;

enum credentials_keeper_state {
    CREDENTIALS_KEEPER_GOOD,    /* as far as is known */
    CREDENTIALS_KEEPER_REFUSED, /* expired; a renewal is under way, or will be tried again */
    CREDENTIALS_KEEPER_LOST     /* expired, and there will be no others */
};

/*
 * credentials_keeper_open(request, error):
 * Load the first credentials, waiting for them (credentials_chain_load()). What ${request} points
 * at is copied; its stop_fd is of this first time only. NULL with ${error}.
 */
struct credentials_keeper *credentials_keeper_open(const struct credentials_request *request,
    struct aws_error *error);
void credentials_keeper_close(
    struct credentials_keeper *keeper); /* gives up what runs; NULL: fine */

/* What to sign with, until the next credentials_keeper_work(). */
const struct credentials *credentials_keeper_current(const struct credentials_keeper *keeper);

/* Counts the changes of what is current. */
unsigned credentials_keeper_generation(const struct credentials_keeper *keeper);

/* A server says that the current ones have expired. */
void credentials_keeper_refuse(struct credentials_keeper *keeper);

/*
 * credentials_keeper_work(keeper, offset_ms):
 * Begin and end renewals as they are due. ${offset_ms} is what to add to this machine's clock.
 * Returns the milliseconds until it should be called again; -1: not before the descriptor of
 * credentials_keeper_fd() can be read.
 */
int credentials_keeper_work(struct credentials_keeper *keeper, int64_t offset_ms);
int credentials_keeper_fd(const struct credentials_keeper *keeper);

enum credentials_keeper_state credentials_keeper_state(const struct credentials_keeper *keeper);

/*
 * Why the last renewal failed; cause AWS_OK: it did not, or only brought the same again. What lies
 * in settings and files counts as AWS_TEMPORARY: they were good once.
 */
const struct aws_error *credentials_keeper_error(const struct credentials_keeper *keeper);

/* Whether a run of failures has begun since this was asked last: once for each run. */
bool credentials_keeper_trouble(struct credentials_keeper *keeper);

#endif
