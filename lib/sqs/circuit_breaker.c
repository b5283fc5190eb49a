#include "sqs/circuit_breaker.h"

enum { FIRST_MS = 100, CAP_MS = 5000, PROBE_GAP_MS = 250 };

void circuit_breaker_init(struct circuit_breaker *breaker)
{
    *breaker = (struct circuit_breaker){ .open = false };
    backoff_init(&breaker->backoff, FIRST_MS, CAP_MS);
}

bool circuit_breaker_allows(const struct circuit_breaker *breaker, bool receive, uint64_t now_ms)
{
    if (!breaker->open)
        return true;
    return now_ms >= breaker->probe_ms && breaker->others == 0 &&
        (!receive || breaker->receives == 0);
}

bool circuit_breaker_enter(struct circuit_breaker *breaker, bool receive)
{
    if (breaker->open)
        (*(receive ? &breaker->receives : &breaker->others))++;
    return breaker->open;
}

void circuit_breaker_forget(struct circuit_breaker *breaker, bool receive, bool probe)
{
    if (probe)
        (*(receive ? &breaker->receives : &breaker->others))--;
}

void circuit_breaker_leave(struct circuit_breaker *breaker, bool receive, bool probe, bool failed,
    uint64_t now_ms)
{
    circuit_breaker_forget(breaker, receive, probe);
    if (!failed) {
        breaker->open = false;
        breaker->failures = 0;
        backoff_reset(&breaker->backoff);
        return;
    }
    /* Requests sent before it opened fail from the same fault, not a new one. */
    if (breaker->open && !probe)
        return;
    breaker->open = true;
    breaker->failures++;
    uint64_t pause = backoff_next(&breaker->backoff);
    /* Jitter may give no pause at all; not twice in a row. */
    if (breaker->failures > 1 && pause < PROBE_GAP_MS)
        pause = PROBE_GAP_MS;
    breaker->probe_ms = now_ms + pause;
}
