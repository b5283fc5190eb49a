#ifndef PG_LOAD_TARGET_H
#define PG_LOAD_TARGET_H

#include <stdbool.h>

#include "base/buf.h"
#include "pg/conn.h"
#include "pg/ledger_form.h"
#include "pg/side_table.h"
#include "pg/table.h"
#include "pg/upsert_form.h"

enum { TARGET_MAX_PROLOGUE = 65536 };

/* The database side of a run, once open not changed. The two buffers end with a NUL: connection,
 * table, ledger, error table. */
struct target {
    struct pg_conn *conn;
    struct pg_table table;
    bool has_ledger;
    bool has_errors;
    struct pg_upsert_form upsert; /* with --upsert, as the target was opened */
    bool told;                    /* that the ledger keeps no contents */
    bool digits_told;             /* that it has keys of another jq */
    bool rounded_keys; /* of a jq that rounds numbers, where this one does not (key_digits.h) */
    bool created;      /* or altered: one of the two tables, as the target was opened */
    struct pg_ledger_form ledger_form;
    struct pg_side_table ledger;
    struct pg_side_table errors;
    struct catalogue *catalogue; /* the run's; NULL: nothing is loaded */
    struct buf prologue; /* statements every transaction starts with: a dry run's missing tables */
    struct buf guard;    /* and behind them: locks the two tables and checks whose they are */
};

void target_close(struct target *target); /* of a zeroed one too */

#endif
