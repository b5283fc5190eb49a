#ifndef PG_LOAD_ERROR_ROWS_H
#define PG_LOAD_ERROR_ROWS_H

#include "loader.h"
#include "row_batch.h"

/* Each in the transaction begun: 0, or -1 with the connection's error. */

/* Mark as duplicates those refused before whose key a committed row holds already. */
int error_rows_known(struct loader *loader, struct row_batch *batch);

/*
 * Of the records refused by the server, and of the misfits, how many the error table does not know
 * yet; those of one message, delivered again, count as one.
 */
int error_rows_count_new(struct loader *loader, const struct row_batch *batch,
    struct suspects *suspects);

/* Store what is refused and has content. */
int error_rows_store(struct loader *loader, struct row_batch *batch);

/* Mark resolved what waits in the error table for the messages whose rows passed. */
int error_rows_resolve(struct loader *loader, struct row_batch *batch);

#endif
