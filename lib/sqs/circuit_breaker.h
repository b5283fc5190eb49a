#ifndef SQS_GATE_H
#define SQS_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/backoff.h"

/*
 * Holds requests back while a server fails. Open, it lets everything pass. The first failure shuts
 * it; then one request at a time passes, a probe, after a pause that grows with every probe that
 * fails. Any success opens it.
 *
 * Receives may hang for their whole wait, so a probe that is one does not stop other requests.
 */
struct gate {
    bool shut;
    uint64_t opens_ms; /* when shut: no probe before (monotonic) */
    unsigned receives; /* probes under way that are receives … */
    unsigned others;   /* … and that are not */
    unsigned failures; /* in a row */
    struct backoff backoff;
};

void gate_init(struct gate *gate);
bool gate_lets(const struct gate *gate, bool receive, uint64_t now_ms);

/* A request passes; remember the return value for gate_left(): whether it is a probe. */
bool gate_pass(struct gate *gate, bool receive);

/* It is back: ${failed} by what another try might mend. */
void gate_left(struct gate *gate, bool receive, bool probe, bool failed, uint64_t now_ms);

#endif
