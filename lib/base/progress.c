#include <inttypes.h>
#include <stdio.h>

#include "base/msg.h"
#include "base/progress.h"

enum { LINE_SIZE = 200 };

void progress_init(struct progress *progress, const char *noun)
{
    *progress = (struct progress){ .noun = noun };
}

/* Append the rate since the oldest sample, with tenths while they are significant. */
static void append_rate(char *text, size_t room, uint64_t count, uint64_t ms)
{
    uint64_t tenths = ms == 0 ? 0 : count * 10000 / ms;
    if (tenths < 100 && tenths % 10 != 0)
        (void)snprintf(text, room, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
    else
        (void)snprintf(text, room, "%" PRIu64, (tenths + 5) / 10);
}

static void append_age(char *text, size_t room, uint64_t ms)
{
    if (ms == PROGRESS_NONE)
        (void)snprintf(text, room, ", none in hand");
    else if (ms < 100000)
        (void)snprintf(text, room, ", oldest %" PRIu64 ".%" PRIu64 " s", ms / 1000,
            ms % 1000 / 100);
    else
        (void)snprintf(text, room, ", oldest %" PRIu64 " min", ms / 60000);
}

void progress_draw(struct progress *progress, uint64_t now_ms, uint64_t count, uint64_t age_ms)
{
    unsigned at = progress->taken % PROGRESS_SAMPLES;
    unsigned first = progress->taken < PROGRESS_SAMPLES ? 0 : (at + 1) % PROGRESS_SAMPLES;
    char rate[24], age[40], line[LINE_SIZE];
    progress->at_ms[at] = now_ms;
    progress->counts[at] = count;
    progress->taken++;
    append_rate(rate, sizeof rate, count - progress->counts[first],
        now_ms - progress->at_ms[first]);
    append_age(age, sizeof age, age_ms);
    (void)snprintf(line, sizeof line, "%s: %" PRIu64 " %s, %s/s%s", msg_program(), count,
        progress->noun, rate, age);
    msg_live(line);
}
