#ifndef PG_LOAD_PLAN_AHEAD_H
#define PG_LOAD_PLAN_AHEAD_H

#include "column_plan.h"
#include "options.h"

/*
 * Compile the filters of map and --key in a thread. Meanwhile the main thread opens the connection
 * and looks up the table. libjq reads its own library for each filter, which takes about 25 ms. The
 * map is guessed from the table name as given; plan_build() uses the filters that the real map has
 * too.
 */
struct plan_ahead;

/* Start it. Return NULL when there is nothing to compile, or no thread. ${options} outlives it. */
struct plan_ahead *plan_ahead_start(const struct load_options *options);

/* Wait for it, and return the compiled filters for plan_build(); NULL for NULL. */
struct column_plan *plan_ahead_wait(struct plan_ahead *ahead);

/* Free it, with the filters that were not taken; NULL is fine. */
void plan_ahead_free(struct plan_ahead *ahead);

#endif
