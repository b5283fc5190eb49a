#ifndef PG_LOAD_UPSERT_KEYS_H
#define PG_LOAD_UPSERT_KEYS_H

#include "loader.h"
#include "row_batch.h"

/*
 * Keys that are told apart and put in order here, without the server: those of columns whose type
 * has one text for each value (pg_upsert_key.exact), in the text that the server would write, and
 * of ASCII alone. Their order is that of pg_upsert_order_sql().
 */

/*
 * upsert_keys_find(loader, batch, order, count):
 * Set sequence, rounds and next of loader->upsert as upsert_order_find() does, for rows that all
 * have such keys, each another one. 0; -1: out of memory; 1: they have not, or may not: the server
 * is to be asked.
 */
int upsert_keys_find(struct loader *loader, const struct row_batch *batch, const uint32_t *order,
    size_t count);

/*
 * upsert_keys_place(upsert, batch, order, count, at, row):
 * The place in order[0, count), which is a part of what upsert_keys_find() has put in order, of the
 * item whose key stands in the first columns of that row of the connection's result; it is looked
 * for at ${at} first. ${count}: it has none.
 */
size_t upsert_keys_place(const struct loader *loader, const struct row_batch *batch,
    const uint32_t *order, size_t count, size_t at, size_t row);

#endif
