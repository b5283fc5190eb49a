#ifndef PG_LEDGER_FORM_H
#define PG_LEDGER_FORM_H

#include <stdbool.h>

#include "pg/conn.h"
#include "pg/side_table.h"

/*
 * A ledger of sqs2pg 0.1.0 is known by its columns: it has no "content". Its keys were message ids,
 * which say nothing of time. As long as it has such rows each record is looked up by both keys. One
 * that was brought up to date says in its comment until when it was given them.
 */
struct pg_ledger_form {
    bool has_content; /* the column is there */
    bool has_ids;     /* some key may be a message id */
};

/* What the ledger, which is there, is like. In a transaction. 0, or -1 with pg_conn_error(). */
int pg_ledger_form_read(struct pg_conn *conn, const struct pg_side_table *ledger,
    struct pg_ledger_form *form);

enum pg_ledger_upgrade {
    PG_LEDGER_UPGRADED,
    PG_LEDGER_NOT_OURS, /* the loader has not the right to alter it; nothing has changed */
    PG_LEDGER_FAILED    /* pg_conn_error() */
};

/* Bring one of 0.1.0 up to date, as share/sql has it, in the transaction begun. */
enum pg_ledger_upgrade pg_ledger_form_upgrade(struct pg_conn *conn,
    const struct pg_side_table *ledger);

#endif
