#ifndef SQS_PULL_OLDEST_H
#define SQS_PULL_OLDEST_H

#include <stdint.h>

/* The age of the oldest message received in the last one or two minutes. */
struct oldest {
    uint64_t minute; /* of the monotonic clock, to which ${age_ms} belongs */
    uint64_t age_ms;
    uint64_t before_ms; /* age of the minute before */
};

/* Note a received message, sent at ${sent_ms} (since 1970; 0 when unknown). */
void oldest_note(struct oldest *oldest, uint64_t sent_ms);

/* Return the age, or 0 when no message arrived. */
uint64_t oldest_age_ms(struct oldest *oldest);

#endif
