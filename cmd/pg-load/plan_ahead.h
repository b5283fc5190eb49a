#ifndef PG_LOAD_PLAN_AHEAD_H
#define PG_LOAD_PLAN_AHEAD_H

#include "column_plan.h"
#include "options.h"

/*
 * The filters of map and --key, compiled by a thread while the connection is opened and the table
 * looked up: libjq reads a library of its own for each of them, some 25 ms. Which map it will be is
 * guessed from the name of the table as it was given; plan_build() takes of it what is the same in
 * the map that it is.
 */
struct plan_ahead;

/* NULL: there is nothing to be done ahead, or no thread. ${options} outlives it. */
struct plan_ahead *plan_ahead_start(const struct load_options *options);

/* Wait until it is done. What it has compiled, for plan_build(); NULL of NULL. */
struct column_plan *plan_ahead_wait(struct plan_ahead *ahead);

/* The filters too that nobody has taken; NULL is fine. */
void plan_ahead_free(struct plan_ahead *ahead);

#endif
