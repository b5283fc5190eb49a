#ifndef PG_LOAD_SIDE_TABLES_H
#define PG_LOAD_SIDE_TABLES_H

#include "base/failure.h"
#include "options.h"
#include "target.h"

/* The tables beside the target, and the check that only allowed roles can change them. */

/*
 * side_tables_open(target, options, failure):
 * Name the two tables, and find or create them, in the current transaction. Make target->guard, and
 * target->prologue where a dry run must create them each time. Return 0, or -1 with ${failure}.
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
 * after the call.
 */
enum side_tables_fault side_tables_explain(struct target *target,
    const struct load_options *options, struct failure *failure);

#endif
