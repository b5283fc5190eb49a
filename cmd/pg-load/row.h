#ifndef PG_LOAD_ROW_H
#define PG_LOAD_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/line.h"
#include "column_plan.h"
#include "field.h"
#include "json/scan.h"
#include "record/salvage.h"
#include "row_batch.h"

/* Turns lines into items of a batch. */
struct row_reader {
    const struct column_plan *plan;
    struct json_matches matches;
    struct salvage *salvage;
    uint32_t *last;    /* by node: 1 + index of its last match, 0: none */
    bool repeated;     /* some node has more than one match */
    uint64_t *present; /* by source: a bit for each that has a value */
    struct field_scratch scratch;
    struct buf text;     /* a decoded message id or key */
    struct buf name;     /* a decoded queue URL */
    struct buf salvaged; /* what is left of a broken line */
    struct buf record;   /* what a filter of the whole is given, with --root */
};

/* 0, or -1: no memory. ${reader} is to be freed in any case. */
int row_open(struct row_reader *reader, const struct column_plan *plan);
int row_adopt(struct row_reader *reader,
    const struct column_plan *plan); /* another plan; likewise */
void row_close(struct row_reader *reader);

/*
 * row_read(reader, line, too_long, batch):
 * Add the line to the batch as a row, or as what it is instead. ${too_long}: the line is but the
 * beginning of one. 0, or -1: no memory.
 */
int row_read(struct row_reader *reader, const struct line *line, bool too_long,
    struct row_batch *batch);

/*
 * row_read_again(reader, batch):
 * Read the batch's lines again, where they are records: rows, groups and keys by the plan of both.
 * 0, or -1: no memory.
 */
int row_read_again(struct row_reader *reader, struct row_batch *batch);

#endif
