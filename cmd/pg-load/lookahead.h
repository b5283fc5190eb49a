#ifndef PG_LOAD_LOOKAHEAD_H
#define PG_LOAD_LOOKAHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/line.h"
#include "row_batch.h"
#include "row_reader.h"
#include "split.h"

/*
 * A batch that is full, or whose time is over, is held back until the record behind it has come, or
 * for one linger after its last one: were that record another part of the same message (split.h),
 * the verdict on the first would delete the message while the rest of it is in no transaction. A
 * record of a message that the batch has one of already joins it, so that all of them are stored
 * together; any other is kept for the next batch.
 */
struct lookahead {
    bool closed; /* the batch takes nothing but what joins it */
    uint64_t
        quiet_since_ms; /* monotonic: since when no record has come; 0: not known to be quiet */
    bool has_line;      /* ${line} waits for the next batch */
    struct line line;
    enum line_result result;
};

/* Another batch is being filled; the line that waits goes on waiting. */
void lookahead_next(struct lookahead *lookahead);

/* A line was looked for: LINE_AGAIN, or what came and was taken. */
void lookahead_note(struct lookahead *lookahead, enum line_result result);

/* When the batch may go (monotonic ms; 0: now), as far as its last record has to do with it. */
uint64_t lookahead_until_ms(const struct lookahead *lookahead, const struct row_batch *batch,
    uint64_t linger_ms);

/*
 * lookahead_joins(split, rows, line, batch, rows_at_most, bytes_at_most):
 * Whether the line is a record of a message that the batch has one of. A batch takes no more than
 * the two bounds and something for the rest of a message; then the records that follow come late.
 */
bool lookahead_joins(const struct split *split, struct row_reader *rows, const struct line *line,
    const struct row_batch *batch, uint64_t rows_at_most, uint64_t bytes_at_most);

#endif
