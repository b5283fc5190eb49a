#ifndef PG_LOAD_POOL_H
#define PG_LOAD_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "options.h"
#include "row_batch.h"
#include "tally.h"
#include "target.h"

/*
 * The connections of a run. Each has a thread, which loads one batch after the other in
 * transactions that wait only for the server. So no connection holds locks while another one
 * retries or isolates a row, and none is in a transaction while it waits for input. One more batch
 * waits for the next idle connection, so that no connection waits for the main thread, which may be
 * reading or writing. Only the main thread calls these functions.
 */
struct pool;

/* Return how many batches keep ${jobs} connections busy: theirs, the waiting one, and the one that
 * is being filled. */
size_t pool_batches(size_t jobs);

/*
 * Open a pool of ${jobs} connections. The first is that of ${target}; the others are opened when
 * there is work for them. ${target}, whose connection then belongs to the thread of the pool, and
 * ${tally} outlive the pool. Return NULL with ${failure}.
 */
struct pool *pool_open(const struct load_options *options, struct target *target,
    struct tally *tally, size_t jobs, struct failure *failure);

/*
 * Wait for the batches at work, after the shutdown (shutdown.h) only briefly, and free everything.
 * Return false when a thread did not end; the memory that it uses must then stay.
 */
bool pool_close(struct pool *pool); /* NULL is fine */

bool pool_is_idle(struct pool *pool);  /* a batch can begin immediately */
bool pool_has_room(struct pool *pool); /* a batch can be given */
size_t pool_busy(struct pool *pool);   /* number of batches given and not taken back */

/*
 * Give a sealed batch, while there is room. It begins only if no earlier batch has failed and the
 * shutdown (shutdown.h) has not come.
 */
void pool_submit(struct pool *pool, struct row_batch *batch);

/* Take back the batch that has not begun, or return NULL. */
struct row_batch *pool_withdraw(struct pool *pool);

/*
 * Take back a finished batch, or return NULL. The status of ${failure} is STATUS_OK when the batch
 * is committed and each item has its verdict; otherwise it tells why not.
 */
struct row_batch *pool_take(struct pool *pool, struct failure *failure);

/* Return a descriptor that is readable when pool_take() must be called: a batch is done, or there
 * is room for another one. */
int pool_fd(const struct pool *pool);

#endif
