#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "commit.h"
#include "crew.h"
#include "halt.h"

enum { LAST_MOMENT_S = 2 }; /* to end in, after the halt */

struct worker {
    struct crew *crew;
    pthread_t thread;
    bool started;
    struct target target; /* the run's, with this connection */
    struct loader loader;
    bool ended; /* under the crew's mutex */
};

/* What came of a batch. */
struct outcome {
    struct batch *batch;
    struct failure failure;
};

struct crew {
    pthread_mutex_t mutex;
    pthread_cond_t given; /* or the end */
    pthread_cond_t ended;
    /* Under the mutex: */
    bool ending;
    bool failed;           /* some batch: no other one is begun */
    struct batch *waiting; /* for the next connection that is idle; NULL: none */
    size_t working;        /* batches that were taken from there and are not done */
    struct outcome *done;  /* room for all that can be out at once */
    size_t done_count;
    int news_fd;
    atomic_bool news; /* something is done, or there is room: to be asked at no cost */
    size_t jobs;
    struct worker workers[];
};

/* ---- the threads ---- */

/* With the mutex held: wake the main thread. */
static void tell(struct crew *crew)
{
    atomic_store(&crew->news, true);
    (void)eventfd_write(crew->news_fd, 1); /* far from overflowing */
}

/* Wait for a batch; NULL: there will be none. */
static struct batch *next_batch(struct worker *worker)
{
    struct crew *crew = worker->crew;
    struct batch *batch = NULL;
    (void)pthread_mutex_lock(&crew->mutex);
    while (!crew->ending && (crew->waiting == NULL || crew->failed || halt_requested()))
        (void)pthread_cond_wait(&crew->given, &crew->mutex);
    if (crew->ending) {
        worker->ended = true;
        (void)pthread_cond_signal(&crew->ended);
    } else {
        batch = crew->waiting;
        crew->waiting = NULL;
        crew->working++;
        tell(crew);
    }
    (void)pthread_mutex_unlock(&crew->mutex);
    return batch;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct crew *crew = worker->crew;
    struct batch *batch;
    while ((batch = next_batch(worker)) != NULL) {
        struct outcome outcome = { batch, { .status = STATUS_OK } };
        (void)commit_batch(&worker->loader, batch, &outcome.failure);
        (void)pthread_mutex_lock(&crew->mutex);
        crew->failed = crew->failed || outcome.failure.status != STATUS_OK;
        crew->working--;
        crew->done[crew->done_count++] = outcome;
        tell(crew);
        (void)pthread_mutex_unlock(&crew->mutex);
    }
    return NULL;
}

/* ---- setting up ---- */

static int start(struct worker *worker)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all); /* signals are for the main thread, whose writes they interrupt */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = pthread_create(&worker->thread, NULL, work, worker);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    worker->started = errno == 0;
    return worker->started ? 0 : -1;
}

/* The clock is the one that pthread_cond_timedwait() shall go by. */
static void init_conditions(struct crew *crew)
{
    pthread_condattr_t attributes;
    (void)pthread_mutex_init(&crew->mutex, NULL);
    (void)pthread_cond_init(&crew->given, NULL);
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&crew->ended, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

size_t crew_batches(size_t jobs)
{
    return jobs + 2;
}

struct crew *crew_open(const struct load_options *options, struct target *target,
    struct tally *tally, size_t jobs, struct failure *failure)
{
    struct crew *crew = calloc(1, sizeof *crew + jobs * sizeof crew->workers[0]);
    if (crew == NULL)
        goto failed;
    init_conditions(crew);
    crew->news_fd = -1;
    crew->done = calloc(crew_batches(jobs), sizeof *crew->done);
    crew->news_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (crew->done == NULL || crew->news_fd < 0)
        goto failed;
    for (; crew->jobs < jobs; crew->jobs++) {
        struct worker *worker = &crew->workers[crew->jobs];
        worker->crew = crew;
        worker->target = *target;
        if (crew->jobs > 0 && (worker->target.conn = pg_conn_new(options->dsn)) == NULL)
            goto failed;
        pg_conn_set_halt(worker->target.conn, halt_fd());
        loader_init(&worker->loader, options, &worker->target, tally);
        if (start(worker) != 0) {
            crew->jobs++; /* to be freed */
            goto failed;
        }
    }
    return crew;

failed:
    failure_set(failure, STATUS_INTERNAL, "cannot start a connection: %s", strerror(errno));
    (void)crew_close(crew);
    return NULL;
}

/* Tell all to end and wait; after the halt a moment only. */
static bool end_all(struct crew *crew)
{
    struct timespec until;
    bool all = true;
    (void)pthread_mutex_lock(&crew->mutex);
    crew->ending = true;
    (void)pthread_cond_broadcast(&crew->given);
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LAST_MOMENT_S;
    for (size_t i = 0; i < crew->jobs; i++) {
        struct worker *worker = &crew->workers[i];
        int waited = 0;
        while (worker->started && !worker->ended && waited == 0)
            waited = halt_requested() ? pthread_cond_timedwait(&crew->ended, &crew->mutex, &until)
                                      : pthread_cond_wait(&crew->ended, &crew->mutex);
        all = all && (!worker->started || worker->ended);
    }
    (void)pthread_mutex_unlock(&crew->mutex);
    return all;
}

bool crew_close(struct crew *crew)
{
    if (crew == NULL)
        return true;
    if (!end_all(crew))
        return false;
    for (size_t i = 0; i < crew->jobs; i++) {
        struct worker *worker = &crew->workers[i];
        if (worker->started)
            (void)pthread_join(worker->thread, NULL);
        loader_free(&worker->loader);
        if (i > 0)
            pg_conn_free(worker->target.conn);
    }
    if (crew->news_fd >= 0)
        (void)close(crew->news_fd);
    (void)pthread_cond_destroy(&crew->given);
    (void)pthread_cond_destroy(&crew->ended);
    (void)pthread_mutex_destroy(&crew->mutex);
    free(crew->done);
    free(crew);
    return true;
}

/* ---- giving and taking ---- */

bool crew_is_idle(struct crew *crew)
{
    (void)pthread_mutex_lock(&crew->mutex);
    bool idle = crew->waiting == NULL && crew->working < crew->jobs;
    (void)pthread_mutex_unlock(&crew->mutex);
    return idle;
}

bool crew_has_room(struct crew *crew)
{
    (void)pthread_mutex_lock(&crew->mutex);
    bool room = crew->waiting == NULL;
    (void)pthread_mutex_unlock(&crew->mutex);
    return room;
}

size_t crew_busy(struct crew *crew)
{
    (void)pthread_mutex_lock(&crew->mutex);
    size_t busy = crew->working + crew->done_count + (crew->waiting != NULL);
    (void)pthread_mutex_unlock(&crew->mutex);
    return busy;
}

int crew_fd(const struct crew *crew)
{
    return crew->news_fd;
}

void crew_give(struct crew *crew, struct batch *batch)
{
    (void)pthread_mutex_lock(&crew->mutex);
    crew->waiting = batch;
    (void)pthread_cond_signal(&crew->given);
    (void)pthread_mutex_unlock(&crew->mutex);
}

struct batch *crew_withdraw(struct crew *crew)
{
    (void)pthread_mutex_lock(&crew->mutex);
    struct batch *batch = crew->waiting;
    crew->waiting = NULL;
    (void)pthread_mutex_unlock(&crew->mutex);
    return batch;
}

struct batch *crew_take(struct crew *crew, struct failure *failure)
{
    struct batch *batch = NULL;
    eventfd_t count;
    if (!atomic_load_explicit(&crew->news, memory_order_relaxed))
        return NULL; /* asked before every line: at no cost */
    (void)pthread_mutex_lock(&crew->mutex);
    if (crew->done_count > 0) {
        batch = crew->done[0].batch;
        *failure = crew->done[0].failure;
        memmove(crew->done, crew->done + 1, --crew->done_count * sizeof *crew->done);
    }
    if (crew->done_count == 0) {
        atomic_store(&crew->news, false);
        (void)eventfd_read(crew->news_fd, &count);
    }
    (void)pthread_mutex_unlock(&crew->mutex);
    return batch;
}
