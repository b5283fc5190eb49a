#ifndef PG_LEDGER_DIGITS_H
#define PG_LEDGER_DIGITS_H

#include <stdbool.h>

#include "pg/conn.h"
#include "pg/side_table.h"
#include "pg/transaction.h"

/*
 * By what jq the keys of a ledger were made that a filter made: libjq 1.6 computes numbers as
 * doubles, and makes 1.1 of 1.10; a later one keeps the digits of a number that passes a filter
 * untouched, and makes another key of it. The comment of the ledger says which of the two.
 */
enum pg_ledger_jq {
    PG_LEDGER_JQ_UNKNOWN, /* the comment does not say */
    PG_LEDGER_JQ_KEEPS,
    PG_LEDGER_JQ_ROUNDS
};

struct pg_ledger_digits {
    enum pg_ledger_jq jq;
    bool empty; /* it holds no key, so far as this transaction sees */
};

/* What the comment of the ledger, which is there, says. In a transaction. 0, or -1 with
 * pg_conn_error(). */
int pg_ledger_digits_read(struct pg_conn *conn, const struct pg_side_table *ledger,
    struct pg_ledger_digits *digits);

/* Let the comment say it, behind what it says already. In a transaction. PG_TRY_REFUSED: it takes
 * the owner, and nothing has changed. */
enum pg_try pg_ledger_digits_write(struct pg_conn *conn, const struct pg_side_table *ledger,
    enum pg_ledger_jq jq);

#endif
