#ifndef PG_LOAD_QUARANTINE_H
#define PG_LOAD_QUARANTINE_H

#include "batch.h"
#include "loader.h"

/* Each in the transaction begun: 0, or -1 with the connection's error. */

/* Mark as duplicates those refused before whose key a committed row holds already. */
int quarantine_known(struct loader *loader, struct batch *batch);

/*
 * Of the records refused by the server, and of the misfits, how many the error table does not know
 * yet; those of one message, delivered again, count as one.
 */
int quarantine_count_new(struct loader *loader, const struct batch *batch,
    struct suspects *suspects);

/* Store what is refused and has content. */
int quarantine_store(struct loader *loader, struct batch *batch);

/* Mark resolved what waits in the error table for the messages whose rows passed. */
int quarantine_resolve(struct loader *loader, struct batch *batch);

#endif
