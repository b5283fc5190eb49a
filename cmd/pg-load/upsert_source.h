#ifndef PG_LOAD_UPSERT_SOURCE_H
#define PG_LOAD_UPSERT_SOURCE_H

#include "loader.h"
#include "row_batch.h"

/* Where the statements of an upsert have their rows (pg/upsert.h). */

/* Make the temporary table, or empty it. 0, or -1 with the connection's error. */
int upsert_source_open(struct loader *loader, const struct row_batch *batch);

/* Put rows into it, as isolate_try tells: their numbers are those of the items. */
int upsert_source_copy(struct loader *loader, struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count);

/* Take those out of it that are not sent in the first round, of loader->upsert.sequence[0, count).
 * 0, or -1 with the connection's error. */
int upsert_source_thin(struct loader *loader, size_t count);

/* Make loader->upsert.json of the rows of the items order[0, count). 0, or -1 with the connection's
 * error: out of memory. */
int upsert_source_json(struct loader *loader, const struct row_batch *batch, const uint32_t *order,
    size_t count);

/* Set loader->upsert.columns to those that the rows of the items have values for. */
void upsert_source_columns(struct loader *loader, const struct row_batch *batch,
    const uint32_t *order, size_t count);

#endif
