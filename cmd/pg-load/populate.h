#ifndef PG_LOAD_POPULATE_H
#define PG_LOAD_POPULATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "row_batch.h"

/*
 * Take the memory of a long run early (row_batch_populate()): for the batch that is being filled
 * immediately, for the others in a thread. Until populate_wait() has returned, no other code may
 * use those batches.
 */
struct populate {
    pthread_t thread;
    bool running;
    struct row_batch *batches;
    size_t count;
    struct row_batch sample; /* shows how large the records are; does not own what it points to */
    const struct row_batch *current;
    size_t rows;
    size_t bytes;
};

/* Start it. Of batches[0, count), ${current} has some records. Submitted batches have reached their
 * size already and are left alone. When no thread can be started, this does all the work itself. */
void populate_start(struct populate *populate, struct row_batch *batches, size_t count,
    struct row_batch *current, size_t rows, size_t bytes);

/* Wait for the thread; free of cost when it has ended or never started. */
void populate_wait(struct populate *populate);

#endif
