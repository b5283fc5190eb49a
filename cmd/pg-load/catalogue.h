#ifndef PG_LOAD_CATALOGUE_H
#define PG_LOAD_CATALOGUE_H

#include <pthread.h>
#include <stdbool.h>

#include "base/failure.h"
#include "column_plan.h"
#include "pg/conn.h"
#include "row.h"
#include "row_batch.h"

/*
 * The current columns of the target, and the plan that fits them. A run may last for months, in
 * which columns come, go and change their types. Each transaction finds that out (table_check.h).
 * The catalogue is then read again, and the records in memory are rendered again from their lines,
 * which a batch keeps. Reading lines and rendering take a lock, because the threads of the
 * connections render too.
 */
struct catalogue {
    pthread_mutex_t mutex;
    struct row_reader *rows;
    struct column_plan *first; /* the run's first plan, which owns map, --key and filters */
    const struct pg_table *first_table;
    struct shape *current; /* NULL: still the first */
};

/* Open the catalogue. All three arguments outlive it; ${rows} was opened with the plan. */
void catalogue_open(struct catalogue *catalogue, struct column_plan *plan,
    const struct pg_table *table, struct row_reader *rows);

/* Free it, and the versions that the batches hold. */
void catalogue_close(struct catalogue *catalogue, struct row_batch *batches, size_t count);

/* Lock and unlock the reader of rows for any other use. */
void catalogue_lock(struct catalogue *catalogue);
void catalogue_unlock(struct catalogue *catalogue);

/* Read a line as row_read() does, with the current columns. Render the records of the batch again
 * if the columns have changed. Return 0, or -1 when memory runs out. */
int catalogue_read(struct catalogue *catalogue, const struct line *line, bool too_long,
    struct row_batch *batch);

enum renewal {
    RENEWAL_SAME,    /* the columns are those that the batch was made for */
    RENEWAL_DONE,    /* they have changed: the batch is rendered again */
    RENEWAL_FAULT,   /* the connection's error */
    RENEWAL_REFUSED, /* ${failure}: the table is gone, the map no longer fits it, the server
                        refuses, or out of memory */
};

/*
 * catalogue_renew(catalogue, conn, batch, use_ledger, failure):
 * Read the catalogue, outside a transaction, and make the batch fit it. The batch stays sealed.
 * Called by the thread that holds batch and connection.
 */
enum renewal catalogue_renew(struct catalogue *catalogue, struct pg_conn *conn,
    struct row_batch *batch, bool use_ledger, struct failure *failure);

#endif
