#ifndef PG_LOAD_ISOLATE_H
#define PG_LOAD_ISOLATE_H

#include "loader.h"
#include "row_batch.h"

/*
 * isolate_send(loader, batch, group, prefix, order, count):
 * COPY the rows of the items order[0, count), all of one group, in one statement, with ${prefix}
 * before it. Return 0, or -1 with the connection's error.
 */
int isolate_send(struct loader *loader, const struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count);

/*
 * isolate_is_binary(loader, batch, group):
 * Return true when rows of that group go in COPY's binary format. During an isolation rows go as
 * text. So they do after LOADER_RENEWALS renewals: such a batch is loaded although the columns have
 * changed, and a binary value could be read as another type.
 */
bool isolate_is_binary(const struct loader *loader, const struct row_batch *batch,
    const struct group *group);

/* Return true when a row may cause an error of that kind; isolate_rows() then tells which row. */
bool isolate_can(enum pg_error_kind kind);

/*
 * isolate_probe(loader, batch, item, sqlstate, first, raises):
 * Set ${raises} to whether a value in the row of the item raises ${sqlstate} alone. ${first}: the
 * index, among the names of the group, of the column to try first, or SIZE_MAX. Return as
 * pg_probe_row() does.
 */
int isolate_probe(struct loader *loader, const struct row_batch *batch, const struct item *item,
    const char *sqlstate, size_t first, bool *raises);

/*
 * Load the rows of the items order[0, count), or none of them, by statements with ${prefix} before
 * them. ${group}: their group, or NULL for several groups. Return 0, or -1 with the connection's
 * error.
 */
typedef int isolate_try(struct loader *loader, struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count);

/* Return the item that replaces a refused one; ROW_BATCH_NONE: none. */
typedef uint32_t isolate_next(const struct loader *loader, uint32_t item);

/*
 * isolate_search(loader, batch, group, order, count, try, next):
 * Search as isolate_rows() does, where ${try} loads rows. ${next} returns the item that replaces a
 * refused one in ${order}, and that is tried next (${next} NULL: none is replaced).
 */
int isolate_search(struct loader *loader, struct row_batch *batch, const struct group *group,
    uint32_t *order, size_t count, isolate_try *try, isolate_next *next);

/*
 * isolate_rows(loader, batch, group, order, count):
 * Load all rows that the table takes, within the current transaction, and mark every item as passed
 * or refused. A row is refused only after it has failed alone, on top of the rows that passed. The
 * server's hint at a line leads to it, or bisection where there is none. Where its SQLSTATE can
 * also come from a server in trouble, one of its values must have raised it alone. Return 0, or -1
 * with the connection's error, which is then not tied to a single row.
 */
int isolate_rows(struct loader *loader, struct row_batch *batch, const struct group *group,
    uint32_t *order, size_t count);

#endif
