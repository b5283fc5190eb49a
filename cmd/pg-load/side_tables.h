#ifndef PG_LOAD_SIDE_TABLES_H
#define PG_LOAD_SIDE_TABLES_H

#include "base/failure.h"
#include "options.h"
#include "target.h"

/* The tables beside the target, and that nobody but those who may has a hand in them. */

/*
 * side_tables_open(target, options, failure):
 * Name the two, and find or create them, in the transaction begun; make target->guard, and, where a
 * dry run has to create them each time, target->prologue. 0, or -1 with ${failure}.
 */
int side_tables_open(struct target *target, const struct load_options *options,
    struct failure *failure);

enum side_tables_fault {
    SIDE_TABLES_AS_BEFORE, /* they are as they should be */
    SIDE_TABLES_REFUSED,   /* for good: ${failure} */
    SIDE_TABLES_FAULT      /* the connection's error */
};

/*
 * side_tables_explain(target, options, failure):
 * Find out why a transaction that began with target->guard failed. No transaction is open before or
 * after it.
 */
enum side_tables_fault side_tables_explain(struct target *target,
    const struct load_options *options, struct failure *failure);

#endif
