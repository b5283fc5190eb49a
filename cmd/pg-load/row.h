#ifndef PG_LOAD_ROW_H
#define PG_LOAD_ROW_H

#include <stdbool.h>

#include "base/line.h"
#include "row_batch.h"
#include "row_reader.h"

/* Turn lines into items of a batch. */

/*
 * row_read(reader, line, too_long, batch):
 * Add the line to the batch, as a row or as another kind of item. ${too_long}: the line is only the
 * beginning of one. Return 0, or -1 when memory runs out.
 */
int row_read(struct row_reader *reader, const struct line *line, bool too_long,
    struct row_batch *batch);

/*
 * row_read_again(reader, batch):
 * Read the lines of the batch that are records again: rows, groups and keys, by the plan of both.
 * Return 0, or -1 when memory runs out.
 */
int row_read_again(struct row_reader *reader, struct row_batch *batch);

#endif
