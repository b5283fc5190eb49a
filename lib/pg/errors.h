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
 * The error table: one row for each refused message, however often it is delivered. A redelivered
 * message with other content (an edited replay that is refused too) gets another row, because
 * stored content is never overwritten.
 */
struct pg_error_row {
    struct pg_key key;        /* of the message; of the content when it has none */
    struct pg_key content;    /* digest of the record without its "sqs" */
    struct pg_key ledger_key; /* identifies a corrected replay */
    bool has_ledger_key;
    char *message_id; /* the caller's; these six are ASCII; NULL or "": NULL */
    const char *stage;
    const char *code;
    const char *sqlstate;
    const char *column; /* UTF-8 */
    const char *constraint;
    size_t item;    /* the caller's, for writing the record */
    size_t repeats; /* used by pg_errors_store() alone */
};

/* Append the record of row->item as pure ASCII text. Return 0, or -1. */
typedef int pg_errors_write(struct buf *out, void *context, size_t item);

/*
 * Append bytes as ASCII text that decode(text, 'escape') reverses: a doubled backslash; three octal
 * digits for anything but printable ASCII. Return 0, or -1.
 */
int pg_errors_escape(struct buf *out, const char *bytes, size_t length);

/*
 * pg_errors_store(conn, table, rows, count, write, context):
 * Store the rows, after sorting them by key; repeats are counted. In a transaction.
 */
int pg_errors_store(struct pg_conn *conn, const struct pg_side_table *table,
    struct pg_error_row *rows, size_t count, pg_errors_write *write, void *context);

/* Set held[i] to whether keys[i] (ascending) has a row. */
int pg_errors_holds(struct pg_conn *conn, const struct pg_side_table *table,
    const struct pg_key *keys, size_t count, bool *held);

/* Find whether a row with this code, one of our own words, is unresolved. */
int pg_errors_waits(struct pg_conn *conn, const struct pg_side_table *table, const char *code,
    bool *waits);

/* Mark the unresolved rows of these ledger keys resolved. */
int pg_errors_resolve_keys(struct pg_conn *conn, const struct pg_side_table *table,
    const struct pg_key *keys, size_t count);

/* Compute the key of a row for one of several contents of a message. */
void pg_errors_second_key(const struct pg_key *message, const struct pg_key *content,
    struct pg_key *key);

#endif
