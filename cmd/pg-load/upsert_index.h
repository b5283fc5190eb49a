#ifndef PG_LOAD_UPSERT_INDEX_H
#define PG_LOAD_UPSERT_INDEX_H

#include "base/failure.h"
#include "column_plan.h"
#include "pg/conn.h"
#include "pg/upsert_form.h"
#include "upsert_names.h"

/* What --upsert takes of the table and of the map, or the end of the run. */

enum upsert_index {
    UPSERT_INDEX_READ,
    UPSERT_INDEX_REFUSED, /* ${failure} */
    UPSERT_INDEX_FAILED   /* pg_conn_error() */
};

/*
 * upsert_index_read(conn, table, shown, names, form, failure):
 * Find the index; ${shown}: the table as messages name it. In a transaction.
 */
enum upsert_index upsert_index_read(struct pg_conn *conn, const struct pg_table *table,
    const char *shown, const struct upsert_names *names, struct pg_upsert_form *form,
    struct failure *failure);

/* Let the plan refuse records without a value for one of the columns. 0, or -1 with ${failure}: it
 * has none for any record. */
int upsert_index_require(struct column_plan *plan, const struct pg_table *table,
    const struct upsert_names *names, struct failure *failure);

#endif
