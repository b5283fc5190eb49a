#ifndef SQS_PULL_OLDEST_H
#define SQS_PULL_OLDEST_H

#include <stdint.h>

/* The age of the oldest of the messages that came within the last minute, or two. */
struct oldest {
    uint64_t minute; /* of the monotonic clock, that ${age_ms} is of */
    uint64_t age_ms;
    uint64_t before_ms; /* that of the minute before */
};

/* A message has come that was sent at ${sent_ms} (since 1970; 0: not known). */
void oldest_note(struct oldest *oldest, uint64_t sent_ms);

/* 0: none has come. */
uint64_t oldest_age_ms(struct oldest *oldest);

#endif
