#ifndef PG_LEDGER_DIGITS_H
#define PG_LEDGER_DIGITS_H

#include <stdbool.h>

#include "pg/conn.h"
#include "pg/side_table.h"
#include "pg/transaction.h"

/*
 * Which jq computed those keys of a ledger that pass through a filter. libjq 1.6 computes numbers
 * as doubles, and turns 1.10 into 1.1. Later versions keep the digits of an unchanged number, so
 * the key differs. The comment of the ledger names the kind.
 */
enum pg_ledger_jq {
    PG_LEDGER_JQ_UNKNOWN, /* the comment does not name one */
    PG_LEDGER_JQ_KEEPS,
    PG_LEDGER_JQ_ROUNDS
};

struct pg_ledger_digits {
    enum pg_ledger_jq jq;
    bool empty; /* this transaction sees no key in it */
};

/*
 * Read the kind from the comment of an existing ledger. In a transaction. Return 0, or -1 with
 * pg_conn_error().
 */
int pg_ledger_digits_read(struct pg_conn *conn, const struct pg_side_table *ledger,
    struct pg_ledger_digits *digits);

/*
 * Append the kind to the comment. In a transaction. PG_TRY_REFUSED: only the owner may; nothing has
 * changed.
 */
enum pg_try pg_ledger_digits_write(struct pg_conn *conn, const struct pg_side_table *ledger,
    enum pg_ledger_jq jq);

#endif
