#ifndef PG_LOAD_UPSERT_ORDER_H
#define PG_LOAD_UPSERT_ORDER_H

#include "loader.h"
#include "row_batch.h"

/*
 * The order in which the rows of an upsert are sent, and which rows with the same key give way to
 * another. With --newer all but the newest give way. Without it, rows may have different columns;
 * those give way whose columns a later row has too. The others are sent one after the other, in
 * rounds.
 */

/*
 * upsert_order_find(loader, batch, order, count, staged):
 * Ask the server for the order of the items order[0, count), which are in the temporary table if
 * ${staged}. Set sequence, rounds and next of loader->upsert. Return 0, or -1 with the connection's
 * error, which a row may have caused.
 */
int upsert_order_find(struct loader *loader, const struct row_batch *batch, const uint32_t *order,
    size_t count, bool staged);

/* List the items of a round in loader->upsert.list, in the order of their keys. Return their
 * number. */
size_t upsert_order_round(struct loader *loader, size_t count, uint32_t round);

/* Return the next item, as isolate_next says. */
uint32_t upsert_order_next(const struct loader *loader, uint32_t item);

#endif
