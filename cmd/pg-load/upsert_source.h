#ifndef PG_LOAD_UPSERT_SOURCE_H
#define PG_LOAD_UPSERT_SOURCE_H

#include "loader.h"
#include "row_batch.h"

/* The source of the rows of the statements of an upsert (pg/upsert.h). */

/* Create the temporary table, or empty it. Return 0, or -1 with the connection's error. */
int upsert_source_open(struct loader *loader, const struct row_batch *batch);

/* Copy rows into it, as isolate_try says, with the numbers of their items. */
int upsert_source_copy(struct loader *loader, struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count);

/* Delete from it the rows of loader->upsert.sequence[0, count) that are not sent in the first
 * round. Return 0, or -1 with the connection's error. */
int upsert_source_thin(struct loader *loader, size_t count);

/* Make loader->upsert.json from the rows of the items order[0, count). Return 0, or -1 when memory
 * runs out, which is then the connection's error. */
int upsert_source_json(struct loader *loader, const struct row_batch *batch, const uint32_t *order,
    size_t count);

/* Set loader->upsert.columns to those for which the rows of the items have values. */
void upsert_source_columns(struct loader *loader, const struct row_batch *batch,
    const uint32_t *order, size_t count);

#endif
