#ifndef PG_LEDGER_H
#define PG_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "pg/conn.h"
#include "pg/key.h"
#include "pg/side_table.h"

/*
 * The ledger holds the keys of committed rows and of no others. Its keys are written first in a
 * transaction, always in ascending order, so that loaders with the same records wait for one
 * another instead of deadlocking: a key in doubt makes the second loader wait for the first one's
 * end.
 */

/* Append the COPY statement by which pg_ledger_copy() sends; it ends the transaction's first query.
 */
int pg_ledger_copy_sql(const struct pg_side_table *ledger, bool with_contents, struct buf *sql);

/*
 * Send the keys (ascending, each once) into the COPY begun, with contents[i] beside keys[i] (NULL:
 * none, and a COPY without them). Fails with SQLSTATE 23505 if one is
 * there already.
 */
int pg_ledger_copy(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, const struct pg_content *contents, size_t count);

/* The same for those keys (ascending) that are not there yet; fresh[i] says whether keys[i] was
 * one. */
int pg_ledger_insert(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, const struct pg_content *contents, size_t count, bool *fresh);

/*
 * pg_ledger_contents(conn, ledger, keys, count, contents, known):
 * Read into contents[i] what is kept beside keys[i] (ascending), where known[i] is then true.
 */
int pg_ledger_contents(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, size_t count, struct pg_content *contents, bool *known);

/* held[i]: whether keys[i] (ascending) is there. */
int pg_ledger_holds(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, size_t count, bool *held);

/* Take back keys written by this transaction. */
int pg_ledger_delete(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, size_t count);

/* The keys older than an age: what there is to be forgotten. Times are ms since 1970. */
struct pg_ledger_old {
    uint64_t count;
    uint64_t first_ms; /* when the oldest was written */
    uint64_t until_ms; /* the age ago */
};

/* Look for keys older than ${age_ms}. 0, or -1. */
int pg_ledger_old(struct pg_conn *conn, const struct pg_side_table *ledger, uint64_t age_ms,
    struct pg_ledger_old *old);

/* Forget keys written before ${until_ms}; pg_conn_affected() tells how many. 0, or -1. */
int pg_ledger_prune(struct pg_conn *conn, const struct pg_side_table *ledger, uint64_t until_ms);

#endif
