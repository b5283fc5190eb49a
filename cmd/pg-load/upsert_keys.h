#ifndef PG_LOAD_UPSERT_KEYS_H
#define PG_LOAD_UPSERT_KEYS_H

#include "loader.h"
#include "row_batch.h"

/*
 * Compare and sort keys here, without the server. That works for columns whose type has one text
 * for each value (pg_upsert_key.exact), written as the server would write it, in ASCII alone. Their
 * order is that of pg_upsert_order_sql().
 */

enum upsert_keys {
    UPSERT_KEYS_ORDERED,
    UPSERT_KEYS_UNSURE, /* some key is not of that kind, or equals another, or rows are isolated:
                           ask the server */
    UPSERT_KEYS_NO_MEMORY
};

/*
 * upsert_keys_find(loader, batch, order, count):
 * Set sequence, rounds and next of loader->upsert as upsert_order_find() does, if all rows have
 * such keys, each a different one.
 */
enum upsert_keys upsert_keys_find(struct loader *loader, const struct row_batch *batch,
    const uint32_t *order, size_t count);

/*
 * upsert_keys_place(loader, batch, order, count, at, row):
 * Find an item in order[0, count) and return its place. Its key is in the first columns of that row
 * of the connection's result. The list is a part of the order of upsert_keys_find(). The place
 * ${at} is searched first. Return ${count} when there is none.
 */
size_t upsert_keys_place(const struct loader *loader, const struct row_batch *batch,
    const uint32_t *order, size_t count, size_t at, size_t row);

#endif
