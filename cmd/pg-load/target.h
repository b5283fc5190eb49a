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

/* The database side of a run; it does not change once open. The two buffers end with a NUL. */
struct target {
    struct pg_conn *conn;
    struct pg_table table;
    bool has_ledger;
    bool has_errors;
    struct pg_upsert_form upsert; /* with --upsert, as the target was opened */
    bool told;                    /* a message has said that the ledger keeps no contents */
    bool digits_told;             /* a message has said that it has keys of another jq */
    bool rounded_keys; /* keys of a jq that rounds numbers; this one does not (key_digits.h) */
    bool created;      /* one of the two tables was created or altered at the start */
    struct pg_ledger_form ledger_form;
    struct pg_side_table ledger;
    struct pg_side_table errors;
    struct catalogue *catalogue; /* of the run; NULL: nothing is loaded */
    struct buf prologue;         /* the start of every transaction: missing tables of a dry run */
    struct buf guard;            /* after it: locks the two tables and checks their owners */
};

void target_close(struct target *target); /* a zeroed target too */

#endif
