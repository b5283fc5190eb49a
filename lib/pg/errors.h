#ifndef PG_ERRORS_H
#define PG_ERRORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "pg/conn.h"
#include "pg/key.h"
#include "pg/side_table.h"

/*
 * The error table: one row for each message that was refused, however often it is delivered. A
 * message that comes back with other content (an edited replay that is refused too) gets a row
 * more, because what was stored once is never overwritten by something else.
 */
struct pg_error_row {
    struct pg_key key;        /* of the message; of the content when it has none */
    struct pg_key content;    /* digest of the record without its "sqs" */
    struct pg_key ledger_key; /* by which a corrected replay is known again */
    bool has_ledger_key;
    char *message_id; /* the caller's; these six ASCII; NULL or "": NULL */
    const char *stage;
    const char *code;
    const char *sqlstate;
    const char *column; /* UTF-8 */
    const char *constraint;
    size_t item;    /* the caller's, for writing the record */
    size_t repeats; /* pg_errors_store()'s own */
};

/* Append the record of row->item as pure ASCII text. 0, or -1. */
typedef int pg_errors_write(struct buf *out, void *context, size_t item);

/*
 * Append bytes as ASCII text that decode(text, 'escape') turns back into them: a backslash doubled,
 * what is not printable ASCII as three octal digits. 0, or -1.
 */
int pg_errors_escape(struct buf *out, const char *bytes, size_t length);

/*
 * pg_errors_store(conn, table, rows, count, write, context):
 * Store the rows, which are put into the order of their keys first; repeats are counted. In a
 * transaction.
 */
int pg_errors_store(struct pg_conn *conn, const struct pg_side_table *table,
    struct pg_error_row *rows, size_t count, pg_errors_write *write, void *context);

/* held[i]: whether keys[i] (ascending) has a row. */
int pg_errors_holds(struct pg_conn *conn, const struct pg_side_table *table,
    const struct pg_key *keys, size_t count, bool *held);

/* Whether a row with this code, one of our words, waits to be resolved. */
int pg_errors_waits(struct pg_conn *conn, const struct pg_side_table *table, const char *code,
    bool *waits);

/* Mark resolved what waits under these ledger keys. */
int pg_errors_resolve_keys(struct pg_conn *conn, const struct pg_side_table *table,
    const struct pg_key *keys, size_t count);

/* The key of a row for one of several contents of a message. */
void pg_errors_second_key(const struct pg_key *message, const struct pg_key *content,
    struct pg_key *key);

#endif
