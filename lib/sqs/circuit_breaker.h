#ifndef SQS_CIRCUIT_BREAKER_H
#define SQS_CIRCUIT_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/backoff.h"

/*
 * A circuit breaker (M. Nygard, Release It!): holds requests back while a server fails. Closed, it
 * lets all requests pass. The first failure opens it. Then one request at a time passes, a probe,
 * after a pause that grows with each failed probe. Any success closes it.
 *
 * Receives may hang for their whole wait time, so a receive as a probe does not stop other
 * requests.
 */
struct circuit_breaker {
    bool open;
    uint64_t probe_ms; /* when open: earliest time of a probe (monotonic) */
    unsigned receives; /* open probes that are receives */
    unsigned others;   /* open probes that are other requests */
    unsigned failures; /* in a row */
    struct backoff backoff;
};

void circuit_breaker_init(struct circuit_breaker *breaker);
/* Return true when a request may be sent now (monotonic ${now_ms}); ${receive}: it is a receive. */
bool circuit_breaker_allows(const struct circuit_breaker *breaker, bool receive, uint64_t now_ms);

/* Let a request pass. Return true when it is a probe; pass this on to circuit_breaker_leave(). */
bool circuit_breaker_enter(struct circuit_breaker *breaker, bool receive);

/* Note a returned request; ${failed}: with an error that a retry may fix. */
void circuit_breaker_leave(struct circuit_breaker *breaker, bool receive, bool probe, bool failed,
    uint64_t now_ms);

/* Note a returned request that proves nothing about the server. */
void circuit_breaker_forget(struct circuit_breaker *breaker, bool receive, bool probe);

#endif
