#ifndef PG_LOAD_ISOLATE_H
#define PG_LOAD_ISOLATE_H

#include "batch.h"
#include "loader.h"

/*
 * isolate_send(loader, batch, group, order, count):
 * COPY the rows of the items order[0, count), all of one group, in one statement that ${prefix}
 * stands before. 0, or -1 with the connection's error.
 */
int isolate_send(struct loader *loader, const struct batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count);

/*
 * isolate_rows(loader, batch, group, order, count):
 * Load those of the rows that can be, within the transaction begun, and mark every item as passed
 * or refused. A row is refused only after it has failed alone, on top of the rows that passed; the
 * server's hint at a line, or halving where there is none, leads to it. 0, or -1 with the
 * connection's error, which then is about no row.
 */
int isolate_rows(struct loader *loader, struct batch *batch, const struct group *group,
    const uint32_t *order, size_t count);

#endif
