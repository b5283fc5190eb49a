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
#include "credentials/keeper.h"
#include "crypto/digest.h"

enum {
    AHEAD_MS = 15 * 60 * 1000,
    FIRST_PAUSE_MS = 1000,
    LONGEST_PAUSE_MS = 60 * 1000,
    SHORTEST_MS = 1000,     /* between two renewals */
    REFUSED_PAUSE_MS = 5000 /* the longest while requests wait */
};

#define NEVER UINT64_MAX

/* What the thread is given, and gives back: the other one's while it runs. */
struct renewal {
    struct credentials_request request;
    struct credentials credentials;
    struct aws_error error;
    enum aws_cause cause;
    int done_fd; /* it writes here at its end */
};

struct credentials_keeper {
    struct credentials current;
    unsigned generation;
    enum credentials_keeper_state state;
    struct aws_error error;
    bool failing;    /* the last renewal failed */
    bool trouble;    /* … as the first one, and nobody has asked */
    uint64_t due_ms; /* monotonic */
    int64_t offset_ms;
    struct backoff pauses;
    bool running;
    pthread_t thread;
    struct renewal renewal;
    char *profile;
    char *region;
    char *ca_bundle;
    int done_fd;
    int cancel_fd;
};

/* When the current credentials should be renewed, if nothing fails. */
static void schedule(struct credentials_keeper *keeper)
{
    int64_t now_ms = (int64_t)clock_realtime_ms() + keeper->offset_ms;
    keeper->due_ms = NEVER;
    if (keeper->current.expires_ms == 0)
        return;
    int64_t life_ms = (int64_t)keeper->current.expires_ms - now_ms;
    int64_t wait_ms = life_ms - (life_ms / 2 < AHEAD_MS ? life_ms / 2 : AHEAD_MS);
    if (life_ms <= 0) /* by this clock; nobody has newer ones, or the clock is wrong */
        wait_ms = (int64_t)backoff_next(&keeper->pauses);
    keeper->due_ms =
        clock_monotonic_ms() + (uint64_t)(wait_ms > SHORTEST_MS ? wait_ms : SHORTEST_MS);
}

static bool copy_request(struct credentials_keeper *keeper,
    const struct credentials_request *request)
{
    keeper->profile = request->profile != NULL ? strdup(request->profile) : NULL;
    keeper->region = strdup(request->region);
    keeper->ca_bundle = request->ca_bundle != NULL ? strdup(request->ca_bundle) : NULL;
    keeper->renewal.request = (struct credentials_request){
        .profile = keeper->profile,
        .region = keeper->region,
        .ca_bundle = keeper->ca_bundle,
        .stop_fd = keeper->cancel_fd,
    };
    return keeper->region != NULL && (request->profile == NULL || keeper->profile != NULL) &&
        (request->ca_bundle == NULL || keeper->ca_bundle != NULL);
}

struct credentials_keeper *credentials_keeper_open(const struct credentials_request *request,
    struct aws_error *error)
{
    struct credentials_keeper *keeper = calloc(1, sizeof *keeper);
    unsigned char unused[DIGEST_SHA256_SIZE];
    if (keeper == NULL) {
        error_set(error, AWS_NO_MEMORY, NULL, "no memory");
        return NULL;
    }
    keeper->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    keeper->cancel_fd = keeper->done_fd == -1 ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (keeper->cancel_fd == -1) {
        error_set(error, AWS_NO_MEMORY, ERROR_DESCRIPTORS_HINT, "cannot look for credentials: %s",
            strerror(errno));
        goto err;
    }
    backoff_init(&keeper->pauses, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    /* A digest is made ready at its first use, which must not be in two threads at once. */
    if (!copy_request(keeper, request) || digest_sha256("", 0, unused) != 0) {
        error_set(error, AWS_NO_MEMORY, NULL, "no memory");
        goto err;
    }
    if (credentials_chain_load(&keeper->current, request, error) != AWS_OK)
        goto err;
    keeper->renewal.done_fd = keeper->done_fd;
    schedule(keeper);
    return keeper;

err:
    credentials_keeper_close(keeper);
    return NULL;
}

void credentials_keeper_close(struct credentials_keeper *keeper)
{
    if (keeper == NULL)
        return;
    if (keeper->running) {
        (void)eventfd_write(keeper->cancel_fd, 1);
        pthread_join(keeper->thread, NULL);
        credentials_free(&keeper->renewal.credentials);
    }
    if (keeper->done_fd != -1)
        close(keeper->done_fd);
    if (keeper->cancel_fd != -1)
        close(keeper->cancel_fd);
    credentials_free(&keeper->current);
    free(keeper->profile);
    free(keeper->region);
    free(keeper->ca_bundle);
    free(keeper);
}

static void *renew(void *context)
{
    struct renewal *renewal = context;
    renewal->cause =
        credentials_chain_load(&renewal->credentials, &renewal->request, &renewal->error);
    (void)eventfd_write(renewal->done_fd, 1); /* it is 0 before: this cannot fail */
    return NULL;
}

/* The next attempt after one that failed. */
static void postpone(struct credentials_keeper *keeper)
{
    uint64_t pause_ms = backoff_next(&keeper->pauses);
    if (keeper->state == CREDENTIALS_KEEPER_REFUSED && pause_ms > REFUSED_PAUSE_MS)
        pause_ms = REFUSED_PAUSE_MS;
    keeper->due_ms = clock_monotonic_ms() + (pause_ms > SHORTEST_MS ? pause_ms : SHORTEST_MS);
}

static void failed(struct credentials_keeper *keeper, const struct aws_error *error)
{
    bool hopeless = false;
    keeper->trouble = !keeper->failing;
    keeper->failing = true;
    error_set(&keeper->error, error->cause, error->hint, "credentials are not renewed: %.280s",
        error->text);
    if (error->cause == AWS_SETTING || error->cause == AWS_CONFIG)
        keeper->error.cause = AWS_TEMPORARY;
    else if (error->cause != AWS_TEMPORARY)
        hopeless = true;
    if (hopeless && keeper->state == CREDENTIALS_KEEPER_REFUSED)
        keeper->state = CREDENTIALS_KEEPER_LOST;
    postpone(keeper);
}

static void begin(struct credentials_keeper *keeper)
{
    sigset_t all, before;
    struct aws_error error;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&keeper->thread, NULL, renew, &keeper->renewal);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    keeper->running = failure == 0;
    keeper->due_ms = NEVER;
    if (failure != 0) {
        error_set(&error, AWS_TEMPORARY, NULL, "no thread for it: %s", strerror(failure));
        failed(keeper, &error);
    }
}

static void end(struct credentials_keeper *keeper)
{
    struct renewal *renewal = &keeper->renewal;
    pthread_join(keeper->thread, NULL);
    keeper->running = false;
    if (renewal->cause != AWS_OK) {
        failed(keeper, &renewal->error);
        return;
    }
    bool same = credentials_same(&keeper->current, &renewal->credentials);
    credentials_free(&keeper->current);
    keeper->current = renewal->credentials;
    renewal->credentials = (struct credentials){ 0 };
    keeper->error = (struct aws_error){ .cause = AWS_OK };
    keeper->failing = keeper->trouble = false;
    if (!same) {
        keeper->generation++;
        keeper->state = CREDENTIALS_KEEPER_GOOD;
        backoff_reset(&keeper->pauses);
    } else if (keeper->state == CREDENTIALS_KEEPER_REFUSED) {
        keeper->state = CREDENTIALS_KEEPER_LOST;
    }
    schedule(keeper);
}

void credentials_keeper_refuse(struct credentials_keeper *keeper)
{
    if (keeper->state == CREDENTIALS_KEEPER_REFUSED)
        return;
    keeper->state = CREDENTIALS_KEEPER_REFUSED;
    if (!keeper->running)
        keeper->due_ms = 0;
}

int credentials_keeper_work(struct credentials_keeper *keeper, int64_t offset_ms)
{
    eventfd_t count;
    if (keeper->running && eventfd_read(keeper->done_fd, &count) == 0)
        end(keeper);
    if (offset_ms != keeper->offset_ms) {
        keeper->offset_ms = offset_ms;
        if (!keeper->running && !keeper->failing && keeper->state == CREDENTIALS_KEEPER_GOOD)
            schedule(keeper);
    }
    uint64_t now_ms = clock_monotonic_ms();
    if (!keeper->running && keeper->due_ms <= now_ms)
        begin(keeper);
    if (keeper->due_ms == NEVER)
        return -1;
    uint64_t left_ms = keeper->due_ms > now_ms ? keeper->due_ms - now_ms : 0;
    return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

int credentials_keeper_fd(const struct credentials_keeper *keeper)
{
    return keeper->done_fd;
}

const struct credentials *credentials_keeper_current(const struct credentials_keeper *keeper)
{
    return &keeper->current;
}

unsigned credentials_keeper_generation(const struct credentials_keeper *keeper)
{
    return keeper->generation;
}

enum credentials_keeper_state credentials_keeper_state(const struct credentials_keeper *keeper)
{
    return keeper->state;
}

const struct aws_error *credentials_keeper_error(const struct credentials_keeper *keeper)
{
    return &keeper->error;
}

bool credentials_keeper_trouble(struct credentials_keeper *keeper)
{
    bool trouble = keeper->trouble;
    keeper->trouble = false;
    return trouble;
}
