#ifndef PG_LOAD_POPULATE_H
#define PG_LOAD_POPULATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "row_batch.h"

/*
 * The memory of a long run, taken at once (row_batch_populate()): that of the batch that is being
 * filled at once, that of the others by a thread beside the reading. They are nobody's until
 * populate_wait() has returned.
 */
struct populate {
    pthread_t thread;
    bool running;
    struct row_batch *batches;
    size_t count;
    struct row_batch sample; /* how large the records are; what it points to is not its own */
    const struct row_batch *current;
    size_t rows;
    size_t bytes;
};

/* Of batches[0, count), ${current} has some records. Batches on their way, which have met their
 * size by now, are left alone. Where there is no thread to be had, all is done before it returns.
 */
void populate_start(struct populate *populate, struct row_batch *batches, size_t count,
    struct row_batch *current, size_t rows, size_t bytes);

/* Until it is done; at no cost when it is, or was not started. */
void populate_wait(struct populate *populate);

#endif
