#ifndef PG_UPSERT_H
#define PG_UPSERT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "pg/conn.h"
#include "pg/table.h"
#include "pg/upsert_form.h"

/*
 * The statements of an upsert. Its rows come from a temporary table of the transaction, filled by
 * COPY, or from a JSON array in the statement, whose members are all texts. The server turns it
 * into rows by the input functions of the columns' types, with their declared length or precision,
 * as COPY does. So a cast cuts nothing either way. The temporary table leaves some 33 dead rows in
 * the catalogue; the JSON array takes more time for each row.
 *
 * First, rows without an existing key are inserted, in key order, and existing rows are locked (ON
 * CONFLICT DO UPDATE … WHERE false). So loaders that use the same order wait for one another
 * without deadlock. Then the existing rows are updated: no other transaction can have changed them
 * meanwhile. Rows returned by the first statement were inserted, those by the second updated, on
 * partitioned tables too.
 *
 * Each function replaces ${sql}, for pg_conn_exec(), and returns 0, or -1: out of memory.
 */

#define PG_UPSERT_TABLE "sqs2pg_upsert" /* in pg_temp */

/* Which columns the rows of a statement have values for, by column of the table. */
struct pg_upsert_columns {
    bool some[PG_UPSERT_COLUMNS];  /* in some row */
    bool every[PG_UPSERT_COLUMNS]; /* in all rows */
};

/*
 * Return true when one statement can insert rows with and without values: none of these columns has
 * a default.
 */
bool pg_upsert_joins(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct pg_upsert_columns *columns);

/*
 * Create the temporary table, until the transaction's end: the integers "sqs2pg_row" and
 * "sqs2pg_group", then the columns ${some}.
 */
int pg_upsert_create_sql(const struct pg_table *table, const bool *some, struct buf *sql);

/*
 * The statements below use the rows of the temporary table (${json} NULL) or of a JSON array of
 * objects. A row's number is its "sqs2pg_row", or its place in the array, from 1.
 */

/*
 * Return row numbers and ranks in key order. Rows of one key have the same rank: the newest first,
 * or the first where none is newer.
 */
int pg_upsert_order_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct buf *json, struct buf *sql);

/*
 * Insert one row for each key. Return the numbers of the inserted rows, and delete these from the
 * temporary table. A JSON array must be in key order.
 */
int pg_upsert_insert_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct pg_upsert_columns *columns, const struct buf *json, struct buf *sql);

/*
 * Insert or update by one statement, which costs less: for an ordinary table, and rows that have
 * values for ${every} column and for all required ones. False in ${any}: not possible for these.
 * Return numbers, and whether the row was inserted: the xmax of an updated row has the mark of the
 * earlier lock, that of a new row has none. (A partitioned table returns no xmax there.) ${keys}:
 * return the key columns in place of the number, which saves the server a look-up.
 */
int pg_upsert_both_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct pg_upsert_columns *columns, const struct buf *json, bool keys, struct buf *sql,
    bool *any);

/*
 * Update by the rows, which have values for ${every} column; of the temporary table those of
 * ${group}. Return the numbers of rows that updated one. False in ${any}: there are only key
 * columns, so there is no statement.
 */
int pg_upsert_update_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const bool *every, size_t group, const struct buf *json, struct buf *sql, bool *any);

/*
 * Return the numbers of rows whose key is not in the table after the insert: a trigger kept them
 * out, or changed their keys.
 */
int pg_upsert_missing_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct buf *json, struct buf *sql);

/* Set the connection's error to that: SQLSTATE 27000, caused by a row. Return -1. */
int pg_upsert_missed(struct pg_conn *conn);

/* Set it to an inconsistent answer: a fault. Return -1. */
int pg_upsert_confused(struct pg_conn *conn);

/* Undo the settings of pg_upsert_update_sql(). */
extern const char pg_upsert_reset_sql[];

#endif
