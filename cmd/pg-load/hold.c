#include "base/clock.h"
#include "hold.h"
#include "json/scan.h"

enum { MORE_ROWS = 10000, MORE_BYTES = 8 << 20 };

void hold_next(struct hold *hold)
{
    hold->closed = false;
    hold->quiet_since_ms = 0;
}

void hold_saw(struct hold *hold, enum line_result result)
{
    if (result != LINE_AGAIN)
        hold->quiet_since_ms = 0;
    else if (hold->quiet_since_ms == 0)
        hold->quiet_since_ms = clock_monotonic_ms();
}

uint64_t hold_until_ms(const struct hold *hold, const struct batch *batch, uint64_t linger_ms)
{
    if (hold->has_line || batch->count == 0 || batch->items[batch->count - 1].delivery == 0)
        return 0;
    return hold->quiet_since_ms == 0 ? UINT64_MAX : hold->quiet_since_ms + linger_ms;
}

bool hold_joins(const struct split *split, struct row_reader *rows, const struct line *line,
    const struct batch *batch, uint64_t rows_at_most, uint64_t bytes_at_most)
{
    struct json_result result;
    uint64_t delivery;
    if (batch->count >= rows_at_most + MORE_ROWS ||
        batch->lines.length >= bytes_at_most + MORE_BYTES)
        return false;
    /* Of a line that is broken behind its "sqs" that is found all the same. */
    (void)json_scan(line->text, line->length, rows->plan->paths, JSON_MAX_DEPTH, &rows->matches,
        &result);
    return split_delivery(&rows->matches, NULL, &rows->plan->nodes, line->text, &delivery) == 0 &&
        split_is_in(split, batch, delivery);
}
