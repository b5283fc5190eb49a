#ifndef PG_LOAD_OWNS_H
#define PG_LOAD_OWNS_H

#include "failure.h"
#include "load.h"
#include "target.h"

/* The tables beside the target, and that nobody but those who may has a hand in them. */

/*
 * owns_open(target, options, failure):
 * Name the two, and find or create them, in the transaction begun; make target->guard, and, where a
 * dry run has to create them each time, target->prologue. 0, or -1 with ${failure}.
 */
int owns_open(struct target *target, const struct load_options *options, struct failure *failure);

enum owns_fault {
    OWNS_AS_BEFORE, /* they are as they should be */
    OWNS_REFUSED,   /* for good: ${failure} */
    OWNS_FAULT      /* the connection's error */
};

/*
 * owns_explain(target, options, failure):
 * Find out why a transaction that began with target->guard failed. No transaction is open before or
 * after it.
 */
enum owns_fault owns_explain(struct target *target, const struct load_options *options,
    struct failure *failure);

#endif
