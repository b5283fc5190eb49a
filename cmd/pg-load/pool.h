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
 * The connections of a run. Each has a thread, which brings one batch after the other into the
 * database, in transactions that wait for nobody but the server: so no connection holds locks while
 * another one retries or looks for a bad row, and none is in a transaction while input is awaited.
 * One batch more waits for the next connection that is idle, so that none has to wait for the main
 * thread, which may be reading or writing. All calls are the main thread's.
 */
struct pool;

/* How many batches keep ${jobs} connections busy: theirs, the one that waits, the one being filled.
 */
size_t pool_batches(size_t jobs);

/*
 * ${jobs} connections, the first of them ${target}'s, the others to be opened when there is work
 * for them. ${target}, whose connection then belongs to the pool's thread, and ${tally} outlive the
 * pool. NULL: ${failure}.
 */
struct pool *pool_open(const struct load_options *options, struct target *target,
    struct tally *tally, size_t jobs, struct failure *failure);

/*
 * Wait for what is at work, for a moment only after the shutdown (shutdown.h), and free everything.
 * False: some thread did not end, and what it was given must be left to it.
 */
bool pool_close(struct pool *pool); /* NULL is fine */

bool pool_is_idle(struct pool *pool);  /* a batch that is given is begun at once */
bool pool_has_room(struct pool *pool); /* one can be given */
size_t pool_busy(struct pool *pool);   /* how many were given and not taken back */

/*
 * Give a sealed batch, while there is room. It is begun only if no batch before it has failed and
 * the shutdown (shutdown.h) has not come.
 */
void pool_submit(struct pool *pool, struct row_batch *batch);

/* Take back the one that is not begun yet, NULL: there is none. */
struct row_batch *pool_withdraw(struct pool *pool);

/*
 * Take back a batch that is done, NULL: there is none yet. ${failure} tells how it ended: its
 * status is STATUS_OK when it is committed and each item has its verdict.
 */
struct row_batch *pool_take(struct pool *pool, struct failure *failure);

/* Readable when pool_take() is to be called: a batch is done, or there is room for another one. */
int pool_fd(const struct pool *pool);

#endif
