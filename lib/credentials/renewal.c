#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "credentials/chain.h"
#include "credentials/renewal.h"
#include "crypto/digest.h"

enum {
    AHEAD_MS = 15 * 60 * 1000,
    FIRST_PAUSE_MS = 1000,
    LONGEST_PAUSE_MS = 60 * 1000,
    SHORTEST_MS = 1000,     /* between two renewals */
    REFUSED_PAUSE_MS = 5000 /* at most, while requests wait */
};

#define NEVER UINT64_MAX

/* Input and output of the thread, which owns it while it runs. */
struct attempt {
    struct credentials_request request;
    struct credentials credentials;
    struct aws_error error;
    enum aws_cause cause;
    int done_fd; /* written at the end */
};

struct credentials_renewal {
    struct credentials current;
    unsigned generation;
    enum credentials_renewal_state state;
    struct aws_error error;
    bool failing; /* the last renewal failed */
    bool trouble; /* a series of failures has begun that credentials_renewal_began_failing() has not
                     reported */
    uint64_t due_ms; /* monotonic */
    int64_t offset_ms;
    struct backoff pauses;
    bool running;
    pthread_t thread;
    struct attempt attempt;
    char *profile;
    char *region;
    char *ca_bundle;
    int done_fd;
    int cancel_fd;
};

/* Set the time of the next renewal, if nothing fails. */
static void schedule(struct credentials_renewal *renewal)
{
    int64_t now_ms = (int64_t)clock_realtime_ms() + renewal->offset_ms;
    renewal->due_ms = NEVER;
    if (renewal->current.expires_ms == 0)
        return;
    int64_t life_ms = (int64_t)renewal->current.expires_ms - now_ms;
    int64_t wait_ms = life_ms - (life_ms / 2 < AHEAD_MS ? life_ms / 2 : AHEAD_MS);
    if (life_ms <= 0) /* expired by this clock: the source has none newer, or the clock is wrong */
        wait_ms = (int64_t)backoff_next(&renewal->pauses);
    renewal->due_ms =
        clock_monotonic_ms() + (uint64_t)(wait_ms > SHORTEST_MS ? wait_ms : SHORTEST_MS);
}

static bool copy_request(struct credentials_renewal *renewal,
    const struct credentials_request *request)
{
    renewal->profile = request->profile != NULL ? strdup(request->profile) : NULL;
    renewal->region = strdup(request->region);
    renewal->ca_bundle = request->ca_bundle != NULL ? strdup(request->ca_bundle) : NULL;
    renewal->attempt.request = (struct credentials_request){
        .profile = renewal->profile,
        .region = renewal->region,
        .ca_bundle = renewal->ca_bundle,
        .stop_fd = renewal->cancel_fd,
    };
    return renewal->region != NULL && (request->profile == NULL || renewal->profile != NULL) &&
        (request->ca_bundle == NULL || renewal->ca_bundle != NULL);
}

struct credentials_renewal *credentials_renewal_open(const struct credentials_request *request,
    struct aws_error *error)
{
    struct credentials_renewal *renewal = calloc(1, sizeof *renewal);
    unsigned char unused[DIGEST_SHA256_SIZE];
    if (renewal == NULL) {
        error_no_memory(error);
        return NULL;
    }
    renewal->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    renewal->cancel_fd = renewal->done_fd == -1 ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (renewal->cancel_fd == -1) {
        error_set(error, AWS_NO_MEMORY, ERROR_DESCRIPTORS_HINT, "cannot look for credentials: %s",
            strerror(errno));
        goto err;
    }
    backoff_init(&renewal->pauses, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    /* A digest is prepared at its first use, which must not happen in two threads in parallel. */
    if (!copy_request(renewal, request) || digest_sha256("", 0, unused) != 0) {
        error_no_memory(error);
        goto err;
    }
    if (credentials_chain_load(&renewal->current, request, error) != AWS_OK)
        goto err;
    renewal->attempt.done_fd = renewal->done_fd;
    schedule(renewal);
    return renewal;

err:
    credentials_renewal_close(renewal);
    return NULL;
}

void credentials_renewal_close(struct credentials_renewal *renewal)
{
    if (renewal == NULL)
        return;
    if (renewal->running) {
        (void)eventfd_write(renewal->cancel_fd, 1);
        pthread_join(renewal->thread, NULL);
        credentials_free(&renewal->attempt.credentials);
    }
    if (renewal->done_fd != -1)
        close(renewal->done_fd);
    if (renewal->cancel_fd != -1)
        close(renewal->cancel_fd);
    credentials_free(&renewal->current);
    free(renewal->profile);
    free(renewal->region);
    free(renewal->ca_bundle);
    free(renewal);
}

static void *renew(void *context)
{
    struct attempt *attempt = context;
    attempt->cause =
        credentials_chain_load(&attempt->credentials, &attempt->request, &attempt->error);
    (void)eventfd_write(attempt->done_fd, 1); /* it is 0 before, so this cannot fail */
    return NULL;
}

/* Schedule the next attempt after a failure. */
static void postpone(struct credentials_renewal *renewal)
{
    uint64_t pause_ms = backoff_next(&renewal->pauses);
    if (renewal->state == CREDENTIALS_RENEWAL_REFUSED && pause_ms > REFUSED_PAUSE_MS)
        pause_ms = REFUSED_PAUSE_MS;
    renewal->due_ms = clock_monotonic_ms() + (pause_ms > SHORTEST_MS ? pause_ms : SHORTEST_MS);
}

static void failed(struct credentials_renewal *renewal, const struct aws_error *error)
{
    bool hopeless = false;
    renewal->trouble = !renewal->failing;
    renewal->failing = true;
    error_set(&renewal->error, error->cause, error->hint, "cannot renew credentials: %.280s",
        error->text);
    if (error->cause == AWS_SETTING || error->cause == AWS_CONFIG)
        renewal->error.cause = AWS_TEMPORARY;
    else if (error->cause != AWS_TEMPORARY)
        hopeless = true;
    if (hopeless && renewal->state == CREDENTIALS_RENEWAL_REFUSED)
        renewal->state = CREDENTIALS_RENEWAL_LOST;
    postpone(renewal);
}

static void begin(struct credentials_renewal *renewal)
{
    sigset_t all, before;
    struct aws_error error;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&renewal->thread, NULL, renew, &renewal->attempt);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    renewal->running = failure == 0;
    renewal->due_ms = NEVER;
    if (failure != 0) {
        error_set(&error, AWS_TEMPORARY, NULL, "cannot start a thread: %s", strerror(failure));
        failed(renewal, &error);
    }
}

static void end(struct credentials_renewal *renewal)
{
    struct attempt *attempt = &renewal->attempt;
    pthread_join(renewal->thread, NULL);
    renewal->running = false;
    if (attempt->cause != AWS_OK) {
        failed(renewal, &attempt->error);
        return;
    }
    bool same = credentials_same(&renewal->current, &attempt->credentials);
    credentials_free(&renewal->current);
    renewal->current = attempt->credentials;
    attempt->credentials = (struct credentials){ 0 };
    renewal->error = (struct aws_error){ .cause = AWS_OK };
    renewal->failing = renewal->trouble = false;
    if (!same) {
        renewal->generation++;
        renewal->state = CREDENTIALS_RENEWAL_GOOD;
        backoff_reset(&renewal->pauses);
    } else if (renewal->state == CREDENTIALS_RENEWAL_REFUSED) {
        renewal->state = CREDENTIALS_RENEWAL_LOST;
    }
    schedule(renewal);
}

void credentials_renewal_refuse(struct credentials_renewal *renewal)
{
    if (renewal->state == CREDENTIALS_RENEWAL_REFUSED)
        return;
    renewal->state = CREDENTIALS_RENEWAL_REFUSED;
    if (!renewal->running)
        renewal->due_ms = 0;
}

int credentials_renewal_work(struct credentials_renewal *renewal, int64_t offset_ms)
{
    eventfd_t count;
    if (renewal->running && eventfd_read(renewal->done_fd, &count) == 0)
        end(renewal);
    if (offset_ms != renewal->offset_ms) {
        renewal->offset_ms = offset_ms;
        if (!renewal->running && !renewal->failing && renewal->state == CREDENTIALS_RENEWAL_GOOD)
            schedule(renewal);
    }
    uint64_t now_ms = clock_monotonic_ms();
    if (!renewal->running && renewal->due_ms <= now_ms)
        begin(renewal);
    if (renewal->due_ms == NEVER)
        return -1;
    uint64_t left_ms = renewal->due_ms > now_ms ? renewal->due_ms - now_ms : 0;
    return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

int credentials_renewal_fd(const struct credentials_renewal *renewal)
{
    return renewal->done_fd;
}

const struct credentials *credentials_renewal_current(const struct credentials_renewal *renewal)
{
    return &renewal->current;
}

unsigned credentials_renewal_generation(const struct credentials_renewal *renewal)
{
    return renewal->generation;
}

enum credentials_renewal_state credentials_renewal_state(const struct credentials_renewal *renewal)
{
    return renewal->state;
}

const struct aws_error *credentials_renewal_error(const struct credentials_renewal *renewal)
{
    return &renewal->error;
}

bool credentials_renewal_began_failing(struct credentials_renewal *renewal)
{
    bool trouble = renewal->trouble;
    renewal->trouble = false;
    return trouble;
}
