#include <signal.h>

#include "populate.h"

static void *take_memory(void *argument)
{
    struct populate *populate = argument;
    for (size_t i = 0; i < populate->count; i++)
        if (&populate->batches[i] != populate->current && populate->batches[i].capacity == 0)
            row_batch_populate(&populate->batches[i], &populate->sample, populate->rows,
                populate->bytes);
    return NULL;
}

void populate_start(struct populate *populate, struct row_batch *batches, size_t count,
    struct row_batch *current, size_t rows, size_t bytes)
{
    sigset_t all;
    sigset_t before;
    *populate = (struct populate){ .batches = batches,
        .count = count,
        .sample = *current,
        .current = current,
        .rows = rows,
        .bytes = bytes };
    sigfillset(&all); /* signals are for the main thread, whose writes they interrupt */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    populate->running = pthread_create(&populate->thread, NULL, take_memory, populate) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    row_batch_populate(current, &populate->sample, rows, bytes);
    if (!populate->running)
        (void)take_memory(populate);
}

void populate_wait(struct populate *populate)
{
    if (populate->running)
        (void)pthread_join(populate->thread, NULL);
    populate->running = false;
}
