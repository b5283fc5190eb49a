#ifndef PG_LOAD_UPSERT_ORDER_H
#define PG_LOAD_UPSERT_ORDER_H

#include "loader.h"
#include "row_batch.h"

/*
 * In which order the rows of an upsert are sent, and which of those with the same key give way to
 * another: with --newer all but the newest; else, as the columns of one may not be those of
 * another, those whose columns a later one has too. The others are sent one after the other, in
 * rounds.
 */

/*
 * upsert_order_find(loader, batch, order, count, staged):
 * Ask the server for the order of the items order[0, count), which stand in the temporary table if
 * ${staged}. Sets sequence, rounds and next of loader->upsert. 0, or -1 with the connection's
 * error, which may be about a row.
 */
int upsert_order_find(struct loader *loader, const struct row_batch *batch, const uint32_t *order,
    size_t count, bool staged);

/* The items of a round, in the order of their keys, into loader->upsert.list. How many they are. */
size_t upsert_order_round(struct loader *loader, size_t count, uint32_t round);

/* As isolate_next tells. */
uint32_t upsert_order_next(const struct loader *loader, uint32_t item);

#endif
