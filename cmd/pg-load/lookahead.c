#include "base/clock.h"
#include "json/scan.h"
#include "lookahead.h"

enum { MORE_ROWS = 10000, MORE_BYTES = 8 << 20 };

void lookahead_next(struct lookahead *lookahead)
{
    lookahead->closed = false;
    lookahead->quiet_since_ms = 0;
}

void lookahead_note(struct lookahead *lookahead, enum line_result result)
{
    if (result != LINE_AGAIN)
        lookahead->quiet_since_ms = 0;
    else if (lookahead->quiet_since_ms == 0)
        lookahead->quiet_since_ms = clock_monotonic_ms();
}

uint64_t lookahead_until_ms(const struct lookahead *lookahead, const struct row_batch *batch,
    uint64_t linger_ms)
{
    if (lookahead->has_line || batch->count == 0 || batch->items[batch->count - 1].delivery == 0)
        return 0;
    return lookahead->quiet_since_ms == 0 ? UINT64_MAX : lookahead->quiet_since_ms + linger_ms;
}

bool lookahead_joins(const struct split *split, struct row_reader *rows, const struct line *line,
    const struct row_batch *batch, uint64_t rows_at_most, uint64_t bytes_at_most)
{
    struct json_result result;
    uint64_t delivery;
    if (batch->count >= rows_at_most + MORE_ROWS ||
        batch->lines.length >= bytes_at_most + MORE_BYTES)
        return false;
    /* In a line that is broken after its "sqs", the scan still finds that. */
    (void)json_scan(line->text, line->length, rows->plan->paths, JSON_MAX_DEPTH, &rows->matches,
        &result);
    return split_delivery(&rows->matches, NULL, &rows->plan->nodes, line->text, &delivery) == 0 &&
        split_is_in(split, batch, delivery);
}
