#include "sqs/gate.h"

enum { FIRST_MS = 100, CAP_MS = 5000, PROBE_GAP_MS = 250 };

void gate_init(struct gate *gate)
{
    *gate = (struct gate){ .shut = false };
    backoff_init(&gate->backoff, FIRST_MS, CAP_MS);
}

bool gate_lets(const struct gate *gate, bool receive, uint64_t now_ms)
{
    if (!gate->shut)
        return true;
    return now_ms >= gate->opens_ms && gate->others == 0 && (!receive || gate->receives == 0);
}

bool gate_pass(struct gate *gate, bool receive)
{
    if (gate->shut)
        (*(receive ? &gate->receives : &gate->others))++;
    return gate->shut;
}

void gate_left(struct gate *gate, bool receive, bool probe, bool failed, uint64_t now_ms)
{
    if (probe)
        (*(receive ? &gate->receives : &gate->others))--;
    if (!failed) {
        gate->shut = false;
        gate->failures = 0;
        backoff_reset(&gate->backoff);
        return;
    }
    /* Requests sent before the gate was shut fail of the same fault, not of a further one. */
    if (gate->shut && !probe)
        return;
    gate->shut = true;
    gate->failures++;
    uint64_t pause = backoff_next(&gate->backoff);
    /* Jitter may draw no pause at all; not twice in a row. */
    if (gate->failures > 1 && pause < PROBE_GAP_MS)
        pause = PROBE_GAP_MS;
    gate->opens_ms = now_ms + pause;
}
