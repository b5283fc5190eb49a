#ifndef PG_UPSERT_H
#define PG_UPSERT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "pg/conn.h"
#include "pg/table.h"
#include "pg/upsert_form.h"

/*
 * The statements of an upsert. Its rows stand in a temporary table of the transaction, put there by
 * COPY, or in the statement itself as JSON, of which json_populate_recordset() makes rows by the
 * input functions of the columns' types, with what length or precision is declared, as COPY does:
 * so nothing is cut by a cast, in either way. The first costs the catalogue's tables some
 * 33 rows that die with it, the second more time for each row.
 *
 * First the rows are inserted in the order of their keys, where there is none with the key, and
 * what is there is locked in passing (ON CONFLICT DO UPDATE … WHERE false); so whoever loads rows
 * in that order waits for others, and never for one that waits for him. Then what was there is
 * updated: nobody else can have changed it meanwhile. What came back of the first statement was
 * inserted, and what comes back of the second updated, on partitioned tables too.
 *
 * Each function replaces ${sql}, for pg_conn_exec(), and returns 0, or -1: out of memory.
 */

#define PG_UPSERT_TABLE "sqs2pg_upsert" /* in pg_temp */

/* Which columns the rows of a statement have values for, by the table's columns. */
struct pg_upsert_columns {
    bool some[PG_UPSERT_COLUMNS];  /* a row has */
    bool every[PG_UPSERT_COLUMNS]; /* all have */
};

/* Whether rows with and without a value for some column can be inserted by one statement: none of
 * these columns has a default that would have to be made. */
bool pg_upsert_joins(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct pg_upsert_columns *columns);

/* Create the temporary table, with the columns ${some} and, before them, "sqs2pg_row" and
 * "sqs2pg_group", integers; until the transaction's end. */
int pg_upsert_create_sql(const struct pg_table *table, const bool *some, struct buf *sql);

/* What follows are statements with the rows of the temporary table (${json} NULL) or of a JSON
 * array of objects. A row's number is its "sqs2pg_row", or its place in the array, from 1. */

/*
 * Rows of numbers and ranks, in the order of the keys, and for one key the newest first, else, or
 * where they are as new, the first; rows of one key have the same rank.
 */
int pg_upsert_order_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct buf *json, struct buf *sql);

/*
 * Insert, one row a key; the numbers of those that were inserted come back, and leave the temporary
 * table. A JSON array is in the order of the keys.
 */
int pg_upsert_insert_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct pg_upsert_columns *columns, const struct buf *json, struct buf *sql);

/*
 * Into an ordinary table, rows that have values for ${every} column and lack nothing that it must
 * have can be inserted, or update what is there, by one statement, which costs less. False in
 * ${any}: not these. What comes back are numbers, and whether the row was inserted: a row that
 * was updated bears the mark of the lock that was on the one before it in its xmax, a new one has
 * none. (Of a partitioned table the server gives no xmax there.) ${keys}: in place of the number
 * come the row's keys, as many columns, which costs the server no look-up.
 */
int pg_upsert_both_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct pg_upsert_columns *columns, const struct buf *json, bool keys, struct buf *sql,
    bool *any);

/*
 * Update by the rows, which have values for ${every} column: of the temporary table those of
 * ${group}. The numbers of those that updated one come back. False in ${any}: there is nothing to
 * be updated but keys, and no statement.
 */
int pg_upsert_update_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const bool *every, size_t group, const struct buf *json, struct buf *sql, bool *any);

/*
 * The numbers of rows of whose key there is no row in the table, once they were inserted: a trigger
 * has kept them out, or has changed their keys.
 */
int pg_upsert_missing_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct buf *json, struct buf *sql);

/* Set the connection's error to that: SQLSTATE 27000, a row's doing; return -1. */
int pg_upsert_missed(struct pg_conn *conn);

/* Set it to an answer that makes no sense: a fault; return -1. */
int pg_upsert_confused(struct pg_conn *conn);

/* What pg_upsert_update_sql() has set otherwise for its own sake is as it was. */
extern const char pg_upsert_reset_sql[];

#endif
