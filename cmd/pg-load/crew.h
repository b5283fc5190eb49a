#ifndef PG_LOAD_CREW_H
#define PG_LOAD_CREW_H

#include <stdbool.h>
#include <stddef.h>

#include "batch.h"
#include "failure.h"
#include "load.h"
#include "tally.h"
#include "target.h"

/*
 * The connections of a run. Each has a thread, which brings one batch after the other into the
 * database, in transactions that wait for nobody but the server: so no connection holds locks while
 * another one retries or looks for a bad row, and none is in a transaction while input is awaited.
 * One batch more waits for the next connection that is idle, so that none has to wait for the main
 * thread, which may be reading or writing. All calls are the main thread's.
 */
struct crew;

/* How many batches keep ${jobs} connections busy: theirs, the one that waits, the one being filled.
 */
size_t crew_batches(size_t jobs);

/*
 * ${jobs} connections, the first of them ${target}'s, the others to be opened when there is work
 * for them. ${target}, whose connection then belongs to the crew's thread, and ${tally} outlive the
 * crew. NULL: ${failure}.
 */
struct crew *crew_open(const struct load_options *options, struct target *target,
    struct tally *tally, size_t jobs, struct failure *failure);

/*
 * Wait for what is at work, for a moment only after the halt (halt.h), and free everything. False:
 * some thread did not end, and what it was given must be left to it.
 */
bool crew_close(struct crew *crew); /* NULL is fine */

bool crew_is_idle(struct crew *crew);  /* a batch that is given is begun at once */
bool crew_has_room(struct crew *crew); /* one can be given */
size_t crew_busy(struct crew *crew);   /* how many were given and not taken back */

/*
 * Give a sealed batch, while there is room. It is begun only if no batch before it has failed and
 * the halt (halt.h) has not come.
 */
void crew_give(struct crew *crew, struct batch *batch);

/* Take back the one that is not begun yet, NULL: there is none. */
struct batch *crew_withdraw(struct crew *crew);

/*
 * Take back a batch that is done, NULL: there is none yet. ${failure} tells how it ended: its
 * status is STATUS_OK when it is committed and each item has its verdict.
 */
struct batch *crew_take(struct crew *crew, struct failure *failure);

/* Readable when crew_take() is to be called: a batch is done, or there is room for another one. */
int crew_fd(const struct crew *crew);

#endif
