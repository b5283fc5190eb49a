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

/*
 * isolate_is_binary(loader, batch, group):
 * Whether rows of that group go in COPY's binary format now: not while bad ones are looked for, and
 * only if the batch is given up where the columns turn out to be others by now (table_check.h), as
 * a value would be read as one of another type.
 */
bool isolate_is_binary(const struct loader *loader, const struct row_batch *batch,
    const struct group *group);

/* Whether an error of that fate may be a row's doing, which isolate_rows() then tells. */
bool isolate_can(enum pg_fate fate);

/*
 * isolate_probe(loader, batch, group, item, sqlstate, first):
 * Whether a value of the item's row raises ${sqlstate} by itself: as pg_probe_row().
 */
int isolate_probe(struct loader *loader, const struct row_batch *batch, const struct group *group,
    const struct item *item, const char *sqlstate, size_t first);

/*
 * To load the rows of the items order[0, count), or none of them, by statements that ${prefix}
 * stands before. ${group}: theirs, or NULL where they are of several. 0, or -1 with the
 * connection's error.
 */
typedef int isolate_try(struct loader *loader, struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count);

/* Which item takes the place of one that was refused; ROW_BATCH_NONE: none. */
typedef uint32_t isolate_next(const struct loader *loader, uint32_t item);

/*
 * isolate_search(loader, batch, group, order, count, try, next):
 * As isolate_rows(), where ${try} loads rows, and one that is refused may have its place taken
 * (${next} NULL: none has): that one is tried before what comes behind it, and stands in ${order}.
 */
int isolate_search(struct loader *loader, struct row_batch *batch, const struct group *group,
    uint32_t *order, size_t count, isolate_try *try, isolate_next *next);

/*
 * isolate_rows(loader, batch, group, order, count):
 * Load those of the rows that can be, within the transaction begun, and mark every item as passed
 * or refused. A row is refused only after it has failed alone, on top of the rows that passed; the
 * server's hint at a line, or halving where there is none, leads to it; and where its SQLSTATE is
 * also that of a server in trouble, only after one of its values has raised it alone. 0, or -1 with
 * the connection's error, which then is about no row.
 */
int isolate_rows(struct loader *loader, struct row_batch *batch, const struct group *group,
    uint32_t *order, size_t count);

#endif
