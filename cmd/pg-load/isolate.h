#ifndef PG_LOAD_ISOLATE_H
#define PG_LOAD_ISOLATE_H

#include "loader.h"
#include "row_batch.h"

/*
 * isolate_send(loader, batch, group, order, count):
 * COPY the rows of the items order[0, count), all of one group, in one statement that ${prefix}
 * stands before. 0, or -1 with the connection's error.
 */
int isolate_send(struct loader *loader, const struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count);

/* Whether an error of that fate may be a row's doing, which isolate_rows() then tells. */
bool isolate_can(enum pg_fate fate);

/*
 * isolate_probe(loader, batch, group, item, sqlstate, first):
 * Whether a value of the item's row raises ${sqlstate} by itself: as pg_probe_row().
 */
int isolate_probe(struct loader *loader, const struct row_batch *batch, const struct group *group,
    const struct item *item, const char *sqlstate, size_t first);

/*
 * isolate_rows(loader, batch, group, order, count):
 * Load those of the rows that can be, within the transaction begun, and mark every item as passed
 * or refused. A row is refused only after it has failed alone, on top of the rows that passed; the
 * server's hint at a line, or halving where there is none, leads to it; and where its SQLSTATE is
 * also that of a server in trouble, only after one of its values has raised it alone. 0, or -1 with
 * the connection's error, which then is about no row.
 */
int isolate_rows(struct loader *loader, struct row_batch *batch, const struct group *group,
    const uint32_t *order, size_t count);

#endif
