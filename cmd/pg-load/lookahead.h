#ifndef PG_LOAD_LOOKAHEAD_H
#define PG_LOAD_LOOKAHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/line.h"
#include "row_batch.h"
#include "row_reader.h"
#include "split.h"

/*
 * A batch that is full or due is held back until the next record has come, or for one linger after
 * its last record. That next record may be another part of the same message (split.h). The verdict
 * on the first would then delete the message while the rest of it is in no transaction. A record of
 * a message that has one in the batch already joins the batch, so that they are stored together.
 * Any other record is kept for the next batch.
 */
struct lookahead {
    bool closed;             /* the batch takes only records that join it */
    uint64_t quiet_since_ms; /* monotonic: no record since then; 0: unknown */
    bool has_line;           /* ${line} waits for the next batch */
    struct line line;
    enum line_result result;
};

/* Start another batch; a waiting line keeps waiting. */
void lookahead_next(struct lookahead *lookahead);

/* Note the result of looking for a line: LINE_AGAIN, or a line that was taken. */
void lookahead_note(struct lookahead *lookahead, enum line_result result);

/* Return when the batch may go (monotonic ms; 0: now), as far as its last record matters. */
uint64_t lookahead_until_ms(const struct lookahead *lookahead, const struct row_batch *batch,
    uint64_t linger_ms);

/*
 * lookahead_joins(split, rows, line, batch, rows_at_most, bytes_at_most):
 * Return true when the line is a record of a message that has one in the batch. Above the two
 * bounds a batch takes at most 10,000 records or 8 MiB more for the rest of a message; later
 * records come late.
 */
bool lookahead_joins(const struct split *split, struct row_reader *rows, const struct line *line,
    const struct row_batch *batch, uint64_t rows_at_most, uint64_t bytes_at_most);

#endif
