#include <stddef.h>
#include <sys/random.h>

#include "base/backoff.h"
#include "base/clock.h"

void backoff_init(struct backoff *backoff, uint64_t first_ms, uint64_t cap_ms)
{
    *backoff = (struct backoff){ .first_ms = first_ms, .cap_ms = cap_ms };
    /* Jitter needs no secrecy: two processes must only differ. Without entropy the clock serves. */
    if (getrandom(&backoff->state, sizeof backoff->state, GRND_NONBLOCK) !=
        (ptrdiff_t)sizeof backoff->state)
        backoff->state = clock_realtime_ms();
}

void backoff_reset(struct backoff *backoff)
{
    backoff->attempts = 0;
}

/* splitmix64: one multiplication chain over a counter. */
static uint64_t draw(struct backoff *backoff)
{
    uint64_t mixed = backoff->state += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

uint64_t backoff_next(struct backoff *backoff)
{
    uint64_t limit = backoff->first_ms;
    for (unsigned i = 0; i < backoff->attempts && limit < backoff->cap_ms; i++)
        limit *= 2;
    if (limit > backoff->cap_ms)
        limit = backoff->cap_ms;
    backoff->attempts++;
    return draw(backoff) % (limit + 1);
}
