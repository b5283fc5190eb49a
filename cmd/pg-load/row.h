#ifndef PG_LOAD_ROW_H
#define PG_LOAD_ROW_H

#include <stdbool.h>

#include "base/line.h"
#include "row_batch.h"
#include "row_reader.h"

/* Turns lines into items of a batch. */

/*
 * row_read(reader, line, too_long, batch):
 * Add the line to the batch as a row, or as what it is instead. ${too_long}: the line is but the
 * beginning of one. 0, or -1: out of memory.
 */
int row_read(struct row_reader *reader, const struct line *line, bool too_long,
    struct row_batch *batch);

/*
 * row_read_again(reader, batch):
 * Read the batch's lines again, where they are records: rows, groups and keys by the plan of both.
 * 0, or -1: out of memory.
 */
int row_read_again(struct row_reader *reader, struct row_batch *batch);

#endif
