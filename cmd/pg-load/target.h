#ifndef PG_LOAD_TARGET_H
#define PG_LOAD_TARGET_H

#include <stdbool.h>

#include "base/buf.h"
#include "failure.h"
#include "load.h"
#include "pg/conn.h"
#include "pg/own.h"
#include "pg/table.h"

enum { TARGET_MAX_PROLOGUE = 65536 };

/* The database side of a run, once open not changed. The two buffers end with a NUL: connection,
 * table, ledger, error table. */
struct target {
    struct pg_conn *conn;
    struct pg_table table;
    bool has_ledger;
    bool has_errors;
    bool created; /* one of the two tables, in the transaction that opened the target */
    struct pg_own ledger;
    struct pg_own errors;
    struct catalogue *catalogue; /* the run's; NULL: nothing is loaded */
    struct buf prologue; /* statements every transaction starts with: a dry run's missing tables */
    struct buf guard;    /* and behind them: locks the two tables and checks whose they are */
};

/*
 * target_open(target, options, meter, failure):
 * Connect, find the table, and find or create the tables beside it, turning ${meter} (NULL: none)
 * while a fault is waited out. ${target} is to be closed in
 * any case. 0, or -1 with ${failure}.
 */
int target_open(struct target *target, const struct load_options *options, struct meter *meter,
    struct failure *failure);
void target_close(struct target *target); /* of a zeroed one too */

#endif
