#ifndef PG_LOAD_TARGET_H
#define PG_LOAD_TARGET_H

#include <stdbool.h>

#include "base/backoff.h"
#include "base/buf.h"
#include "failure.h"
#include "load.h"
#include "pg/conn.h"
#include "pg/own.h"
#include "pg/table.h"

/* The database side of a run: connection, table, ledger, error table. */
struct target {
    struct pg_conn *conn;
    struct pg_table table;
    bool has_ledger;
    bool has_errors;
    struct pg_own ledger;
    struct pg_own errors;
    struct buf prologue; /* statements every transaction starts with: a dry run's missing tables */
};

/* Time to get over a fault, from its first appearance on. */
struct patience {
    struct backoff backoff;
    uint64_t limit_ms;
    uint64_t deadline; /* 0: no fault under way */
};

void patience_init(struct patience *patience, uint64_t limit_ms);
void patience_reset(struct patience *patience); /* after a success */
/* Pause before the next try, saying why once; false: the time is over. */
bool patience_wait(struct patience *patience, const struct pg_error *error);

/*
 * target_open(target, options, failure):
 * Connect, find the table, and find or create the tables beside it. ${target} is to be closed in any
 * case. 0, or -1 with ${failure}.
 */
int target_open(struct target *target, const struct load_options *options, struct failure *failure);
void target_close(struct target *target); /* of a zeroed one too */

#endif
