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
#include "pool.h"
#include "shutdown.h"

enum { LAST_MOMENT_S = 2 }; /* time to end after the shutdown */

struct worker {
    struct pool *pool;
    pthread_t thread;
    bool started;
    struct target target; /* the target of the run, with this connection */
    struct loader loader;
    bool ended; /* guarded by the mutex of the pool */
};

/* The result of a batch. */
struct outcome {
    struct row_batch *batch;
    struct failure failure;
};

struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t given; /* a batch was given, or the end */
    pthread_cond_t ended;
    /* Guarded by the mutex: */
    bool ending;
    bool failed;               /* some batch has failed: no other one begins */
    struct row_batch *waiting; /* for the next connection that is idle; NULL: none */
    size_t working;            /* batches that connections have taken and not finished */
    struct outcome *done;      /* has space for all batches of the pool */
    size_t done_count;
    int news_fd;
    atomic_bool news; /* a batch is done, or there is space; cheap to read */
    size_t jobs;
    struct worker workers[];
};

/* ---- the threads ---- */

/* Wake the main thread. The mutex is held. */
static void tell(struct pool *pool)
{
    atomic_store(&pool->news, true);
    (void)eventfd_write(pool->news_fd, 1); /* far from overflowing */
}

/* Wait for a batch. Return NULL when no more will come. */
static struct row_batch *next_batch(struct worker *worker)
{
    struct pool *pool = worker->pool;
    struct row_batch *batch = NULL;
    (void)pthread_mutex_lock(&pool->mutex);
    while (!pool->ending && (pool->waiting == NULL || pool->failed || shutdown_requested()))
        (void)pthread_cond_wait(&pool->given, &pool->mutex);
    if (pool->ending) {
        worker->ended = true;
        (void)pthread_cond_signal(&pool->ended);
    } else {
        batch = pool->waiting;
        pool->waiting = NULL;
        pool->working++;
        tell(pool);
    }
    (void)pthread_mutex_unlock(&pool->mutex);
    return batch;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    struct row_batch *batch;
    while ((batch = next_batch(worker)) != NULL) {
        struct outcome outcome = { batch, { .status = STATUS_OK } };
        (void)commit_batch(&worker->loader, batch, &outcome.failure);
        (void)pthread_mutex_lock(&pool->mutex);
        pool->failed = pool->failed || outcome.failure.status != STATUS_OK;
        pool->working--;
        pool->done[pool->done_count++] = outcome;
        tell(pool);
        (void)pthread_mutex_unlock(&pool->mutex);
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

/* Make the conditions use the clock that pthread_cond_timedwait() needs here. */
static void init_conditions(struct pool *pool)
{
    pthread_condattr_t attributes;
    (void)pthread_mutex_init(&pool->mutex, NULL);
    (void)pthread_cond_init(&pool->given, NULL);
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&pool->ended, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

size_t pool_batches(size_t jobs)
{
    return jobs + 2;
}

struct pool *pool_open(const struct load_options *options, struct target *target,
    struct tally *tally, size_t jobs, struct failure *failure)
{
    struct pool *pool = calloc(1, sizeof *pool + jobs * sizeof pool->workers[0]);
    if (pool == NULL)
        goto failed;
    init_conditions(pool);
    pool->news_fd = -1;
    pool->done = calloc(pool_batches(jobs), sizeof *pool->done);
    pool->news_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (pool->done == NULL || pool->news_fd < 0)
        goto failed;
    for (; pool->jobs < jobs; pool->jobs++) {
        struct worker *worker = &pool->workers[pool->jobs];
        worker->pool = pool;
        worker->target = *target;
        if (pool->jobs > 0 &&
            (worker->target.conn = pg_conn_new(options->dsn, options->password_command)) == NULL)
            goto failed;
        pg_conn_set_cancel(worker->target.conn, shutdown_fd());
        loader_init(&worker->loader, options, &worker->target, tally);
        if (start(worker) != 0) {
            pool->jobs++; /* pool_close() frees it */
            goto failed;
        }
    }
    return pool;

failed:
    failure_set(failure, STATUS_INTERNAL, "cannot start a connection: %s", strerror(errno));
    (void)pool_close(pool);
    return NULL;
}

/* Tell all threads to end, and wait for them; after the shutdown only briefly. */
static bool end_all(struct pool *pool)
{
    struct timespec until;
    bool all = true;
    (void)pthread_mutex_lock(&pool->mutex);
    pool->ending = true;
    (void)pthread_cond_broadcast(&pool->given);
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LAST_MOMENT_S;
    for (size_t i = 0; i < pool->jobs; i++) {
        struct worker *worker = &pool->workers[i];
        int waited = 0;
        while (worker->started && !worker->ended && waited == 0)
            waited = shutdown_requested()
                ? pthread_cond_timedwait(&pool->ended, &pool->mutex, &until)
                : pthread_cond_wait(&pool->ended, &pool->mutex);
        all = all && (!worker->started || worker->ended);
    }
    (void)pthread_mutex_unlock(&pool->mutex);
    return all;
}

bool pool_close(struct pool *pool)
{
    if (pool == NULL)
        return true;
    if (!end_all(pool))
        return false;
    for (size_t i = 0; i < pool->jobs; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->started)
            (void)pthread_join(worker->thread, NULL);
        loader_free(&worker->loader);
        if (i > 0)
            pg_conn_free(worker->target.conn);
    }
    if (pool->news_fd >= 0)
        (void)close(pool->news_fd);
    (void)pthread_cond_destroy(&pool->given);
    (void)pthread_cond_destroy(&pool->ended);
    (void)pthread_mutex_destroy(&pool->mutex);
    free(pool->done);
    free(pool);
    return true;
}

/* ---- giving and taking ---- */

bool pool_is_idle(struct pool *pool)
{
    (void)pthread_mutex_lock(&pool->mutex);
    bool idle = pool->waiting == NULL && pool->working < pool->jobs;
    (void)pthread_mutex_unlock(&pool->mutex);
    return idle;
}

bool pool_has_room(struct pool *pool)
{
    (void)pthread_mutex_lock(&pool->mutex);
    bool room = pool->waiting == NULL;
    (void)pthread_mutex_unlock(&pool->mutex);
    return room;
}

size_t pool_busy(struct pool *pool)
{
    (void)pthread_mutex_lock(&pool->mutex);
    size_t busy = pool->working + pool->done_count + (pool->waiting != NULL);
    (void)pthread_mutex_unlock(&pool->mutex);
    return busy;
}

int pool_fd(const struct pool *pool)
{
    return pool->news_fd;
}

void pool_submit(struct pool *pool, struct row_batch *batch)
{
    (void)pthread_mutex_lock(&pool->mutex);
    pool->waiting = batch;
    (void)pthread_cond_signal(&pool->given);
    (void)pthread_mutex_unlock(&pool->mutex);
}

struct row_batch *pool_withdraw(struct pool *pool)
{
    (void)pthread_mutex_lock(&pool->mutex);
    struct row_batch *batch = pool->waiting;
    pool->waiting = NULL;
    (void)pthread_mutex_unlock(&pool->mutex);
    return batch;
}

struct row_batch *pool_take(struct pool *pool, struct failure *failure)
{
    struct row_batch *batch = NULL;
    eventfd_t count;
    if (!atomic_load_explicit(&pool->news, memory_order_relaxed))
        return NULL; /* called before every line, so it must be cheap */
    (void)pthread_mutex_lock(&pool->mutex);
    if (pool->done_count > 0) {
        batch = pool->done[0].batch;
        *failure = pool->done[0].failure;
        memmove(pool->done, pool->done + 1, --pool->done_count * sizeof *pool->done);
    }
    if (pool->done_count == 0) {
        atomic_store(&pool->news, false);
        (void)eventfd_read(pool->news_fd, &count);
    }
    (void)pthread_mutex_unlock(&pool->mutex);
    return batch;
}
