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

enum phase { PHASE_IDLE, PHASE_GIVEN, PHASE_DONE, PHASE_ENDED };

struct worker {
    struct crew *crew;
    pthread_t thread;
    bool started;
    struct target target; /* the run's, with this connection */
    struct loader loader;
    /* Under the crew's mutex: */
    enum phase phase;
    struct batch *batch;
    struct failure failure;
};

struct crew {
    pthread_mutex_t mutex;
    pthread_cond_t given; /* or the end */
    pthread_cond_t ended;
    bool ending;
    int done_fd;
    atomic_size_t done; /* workers in PHASE_DONE */
    size_t idle;        /* the main thread's count of them */
    size_t jobs;
    struct worker workers[];
};

/* ---- the threads ---- */

/* Wait for a batch; NULL: there will be none. */
static struct batch *next_batch(struct worker *worker)
{
    struct crew *crew = worker->crew;
    struct batch *batch = NULL;
    (void)pthread_mutex_lock(&crew->mutex);
    while (worker->phase != PHASE_GIVEN && !crew->ending)
        (void)pthread_cond_wait(&crew->given, &crew->mutex);
    if (worker->phase == PHASE_GIVEN) {
        batch = worker->batch;
    } else {
        worker->phase = PHASE_ENDED;
        (void)pthread_cond_signal(&crew->ended);
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
        struct failure failure = { .status = STATUS_OK };
        (void)commit_batch(&worker->loader, batch, &failure);
        (void)pthread_mutex_lock(&crew->mutex);
        worker->failure = failure;
        worker->phase = PHASE_DONE;
        atomic_fetch_add(&crew->done, 1);
        (void)eventfd_write(crew->done_fd, 1); /* with few workers it cannot overflow */
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

struct crew *crew_open(const struct load_options *options, struct target *target,
    struct tally *tally, size_t jobs, struct failure *failure)
{
    struct crew *crew = calloc(1, sizeof *crew + jobs * sizeof crew->workers[0]);
    if (crew == NULL)
        goto failed;
    init_conditions(crew);
    crew->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (crew->done_fd < 0)
        goto failed;
    for (; crew->jobs < jobs; crew->jobs++, crew->idle++) {
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
        while (worker->started && worker->phase != PHASE_ENDED && waited == 0)
            waited = halt_requested() ? pthread_cond_timedwait(&crew->ended, &crew->mutex, &until)
                                      : pthread_cond_wait(&crew->ended, &crew->mutex);
        all = all && (!worker->started || worker->phase == PHASE_ENDED);
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
    if (crew->done_fd >= 0)
        (void)close(crew->done_fd);
    (void)pthread_cond_destroy(&crew->given);
    (void)pthread_cond_destroy(&crew->ended);
    (void)pthread_mutex_destroy(&crew->mutex);
    free(crew);
    return true;
}

/* ---- giving and taking ---- */

size_t crew_idle(const struct crew *crew)
{
    return crew->idle;
}

size_t crew_busy(const struct crew *crew)
{
    return crew->jobs - crew->idle;
}

int crew_fd(const struct crew *crew)
{
    return crew->done_fd;
}

void crew_give(struct crew *crew, struct batch *batch)
{
    (void)pthread_mutex_lock(&crew->mutex);
    for (size_t i = 0; i < crew->jobs; i++) {
        struct worker *worker = &crew->workers[i];
        if (worker->phase != PHASE_IDLE)
            continue;
        worker->batch = batch;
        worker->phase = PHASE_GIVEN;
        crew->idle--;
        break;
    }
    (void)pthread_cond_broadcast(&crew->given);
    (void)pthread_mutex_unlock(&crew->mutex);
}

struct batch *crew_take(struct crew *crew, struct failure *failure)
{
    struct batch *batch = NULL;
    if (atomic_load_explicit(&crew->done, memory_order_relaxed) == 0)
        return NULL; /* asked before every line: at no cost */
    (void)pthread_mutex_lock(&crew->mutex);
    for (size_t i = 0; i < crew->jobs && batch == NULL; i++) {
        struct worker *worker = &crew->workers[i];
        if (worker->phase != PHASE_DONE)
            continue;
        batch = worker->batch;
        *failure = worker->failure;
        worker->phase = PHASE_IDLE;
        crew->idle++;
    }
    if (atomic_fetch_sub(&crew->done, 1) == 1) {
        eventfd_t count;
        (void)eventfd_read(crew->done_fd, &count);
    }
    (void)pthread_mutex_unlock(&crew->mutex);
    return batch;
}
