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
 * The columns of the target as they are by now, and the plan that fits them. A run may last for
 * months, in which columns come, go and change their types: each transaction finds out
 * (table_check.h), the catalogue is read anew, and what is in memory is rendered anew from its
 * lines, which a batch keeps. Reading lines and rendering take a lock, because the connections'
 * threads render too.
 */
struct catalogue {
    pthread_mutex_t mutex;
    struct row_reader *rows;
    struct column_plan *first; /* the run's first plan, which owns map, --key and filters */
    const struct pg_table *first_table;
    struct shape *current; /* NULL: the first still */
};

/* All three outlive it; ${rows} was opened with the plan. */
void catalogue_open(struct catalogue *catalogue, struct column_plan *plan,
    const struct pg_table *table, struct row_reader *rows);

/* Free it, and what the batches hold of it. */
void catalogue_close(struct catalogue *catalogue, struct row_batch *batches, size_t count);

/* Around whatever else uses the reader of rows. */
void catalogue_lock(struct catalogue *catalogue);
void catalogue_unlock(struct catalogue *catalogue);

/* As row_read(), with the columns of now; what is in the batch already is rendered anew if need
 * be. 0, or -1: out of memory. */
int catalogue_read(struct catalogue *catalogue, const struct line *line, bool too_long,
    struct row_batch *batch);

enum renewal {
    RENEWAL_SAME,    /* the columns are those that the batch was made for */
    RENEWAL_DONE,    /* they have changed: the batch is rendered anew */
    RENEWAL_FAULT,   /* the connection's error */
    RENEWAL_REFUSED, /* ${failure}: the table is gone, or the map does not fit it any more */
};

/*
 * catalogue_renew(catalogue, conn, batch, use_ledger, failure):
 * Read the catalogue, outside a transaction, and make the batch fit it, sealed as before. Called by
 * the thread that has batch and connection.
 */
enum renewal catalogue_renew(struct catalogue *catalogue, struct pg_conn *conn,
    struct row_batch *batch, bool use_ledger, struct failure *failure);

#endif
