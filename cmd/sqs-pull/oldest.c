#include "base/clock.h"
#include "oldest.h"

enum { MINUTE_MS = 60000 };

static void advance(struct oldest *oldest)
{
    uint64_t minute = clock_monotonic_ms() / MINUTE_MS;
    if (minute == oldest->minute)
        return;
    oldest->before_ms = minute == oldest->minute + 1 ? oldest->age_ms : 0;
    oldest->age_ms = 0;
    oldest->minute = minute;
}

void oldest_note(struct oldest *oldest, uint64_t sent_ms)
{
    uint64_t now = clock_realtime_ms();
    advance(oldest);
    if (sent_ms > 0 && now > sent_ms && now - sent_ms > oldest->age_ms)
        oldest->age_ms = now - sent_ms;
}

uint64_t oldest_age_ms(struct oldest *oldest)
{
    advance(oldest);
    return oldest->age_ms > oldest->before_ms ? oldest->age_ms : oldest->before_ms;
}
