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
 * The ledger holds the keys of committed rows, and no others. A transaction writes its keys first,
 * in ascending order. So loaders with the same records wait for one another instead of deadlocking:
 * a key in doubt makes the second loader wait for the end of the first. Unless it says otherwise,
 * each function below returns 0, or -1 with the connection's error.
 */

/* Append the COPY statement of pg_ledger_copy(), for the end of the transaction's first query.
 * Return 0, or -1 when memory runs out. */
int pg_ledger_copy_sql(const struct pg_side_table *ledger, bool with_contents, struct buf *sql);

/*
 * Send the keys (ascending, each once) into the current COPY, with contents[i] beside keys[i]
 * (NULL: a COPY without contents). Fails with SQLSTATE 23505 if one exists.
 */
int pg_ledger_copy(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, const struct pg_content *contents, size_t count);

/* Insert the keys (ascending, each once) that are missing; fresh[i] tells whether keys[i] was. */
int pg_ledger_insert(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, const struct pg_content *contents, size_t count, bool *fresh);

/*
 * pg_ledger_contents(conn, ledger, keys, count, contents, known):
 * Read the content stored beside keys[i] (ascending) into contents[i], and set known[i].
 */
int pg_ledger_contents(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, size_t count, struct pg_content *contents, bool *known);

/* Set held[i] to whether keys[i] (ascending) exists. */
int pg_ledger_holds(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, size_t count, bool *held);

/* Delete keys that this transaction wrote. */
int pg_ledger_delete(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, size_t count);

/* The keys older than a given age. Times are ms since 1970. */
struct pg_ledger_old {
    uint64_t count;
    uint64_t first_ms; /* time of the oldest */
    uint64_t until_ms; /* now less the age */
};

/* Find keys older than ${age_ms}. Return 0, or -1. */
int pg_ledger_old(struct pg_conn *conn, const struct pg_side_table *ledger, uint64_t age_ms,
    struct pg_ledger_old *old);

/*
 * Delete keys written before ${until_ms}; pg_conn_affected() returns their number. Return 0, or -1.
 */
int pg_ledger_prune(struct pg_conn *conn, const struct pg_side_table *ledger, uint64_t until_ms);

#endif
