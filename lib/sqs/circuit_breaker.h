#ifndef SQS_CIRCUIT_BREAKER_H
#define SQS_CIRCUIT_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/backoff.h"

/*
 * A circuit breaker (M. Nygard, Release It!): holds requests back while a server fails. Closed, it
 * lets everything pass. The first failure opens it; then one request at a time passes, a probe,
 * after a pause that grows with every probe that fails. Any success closes it.
 *
 * Receives may hang for their whole wait, so a probe that is one does not stop other requests.
 */
struct circuit_breaker {
    bool open;
    uint64_t probe_ms; /* when open: no probe before (monotonic) */
    unsigned receives; /* probes under way that are receives … */
    unsigned others;   /* … and that are not */
    unsigned failures; /* in a row */
    struct backoff backoff;
};

void circuit_breaker_init(struct circuit_breaker *breaker);
bool circuit_breaker_allows(const struct circuit_breaker *breaker, bool receive, uint64_t now_ms);

/* A request passes; remember the return value for circuit_breaker_leave(): whether it is a probe.
 */
bool circuit_breaker_enter(struct circuit_breaker *breaker, bool receive);

/* It is back: ${failed} by what another try might mend. */
void circuit_breaker_leave(struct circuit_breaker *breaker, bool receive, bool probe, bool failed,
    uint64_t now_ms);

/* It is back, and says nothing of the server. */
void circuit_breaker_forget(struct circuit_breaker *breaker, bool receive, bool probe);

#endif
