#ifndef PG_LOAD_UPSERT_INDEX_H
#define PG_LOAD_UPSERT_INDEX_H

#include "base/failure.h"
#include "column_plan.h"
#include "pg/conn.h"
#include "pg/upsert_form.h"
#include "upsert_names.h"

/* Read what --upsert needs of the table and of the map, or end the run. */

enum upsert_index {
    UPSERT_INDEX_READ,
    UPSERT_INDEX_REFUSED, /* ${failure} */
    UPSERT_INDEX_FAILED   /* pg_conn_error() */
};

/*
 * upsert_index_read(conn, table, shown, names, form, failure):
 * Find the index, in a transaction. ${shown}: the table as messages name it.
 */
enum upsert_index upsert_index_read(struct pg_conn *conn, const struct pg_table *table,
    const char *shown, const struct upsert_names *names, struct pg_upsert_form *form,
    struct failure *failure);

/* Make the plan refuse records without a value for one of the columns. Return 0, or -1 with
 * ${failure} when it has no source for one of them. */
int upsert_index_require(struct column_plan *plan, const struct pg_table *table,
    const struct upsert_names *names, struct failure *failure);

#endif
