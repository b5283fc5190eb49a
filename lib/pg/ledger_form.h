#ifndef PG_LEDGER_FORM_H
#define PG_LEDGER_FORM_H

#include <stdbool.h>

#include "pg/conn.h"
#include "pg/side_table.h"

/*
 * A ledger of sqs2pg 0.1.0 has no column "content". Its keys were message ids, which hold no time.
 * As long as such keys may remain, each record is looked up by both keys. The comment of an
 * upgraded ledger says until when they were written.
 */
struct pg_ledger_form {
    bool has_content; /* the column exists */
    bool has_ids;     /* some key may be a message id */
};

/* Read the form of an existing ledger. In a transaction. Return 0, or -1 with pg_conn_error(). */
int pg_ledger_form_read(struct pg_conn *conn, const struct pg_side_table *ledger,
    struct pg_ledger_form *form);

enum pg_ledger_upgrade {
    PG_LEDGER_UPGRADED,
    PG_LEDGER_NOT_OURS, /* the loader may not alter it; nothing has changed */
    PG_LEDGER_FAILED    /* pg_conn_error() */
};

/* Upgrade a ledger of 0.1.0, as share/sql does, in the current transaction. */
enum pg_ledger_upgrade pg_ledger_form_upgrade(struct pg_conn *conn,
    const struct pg_side_table *ledger);

#endif
