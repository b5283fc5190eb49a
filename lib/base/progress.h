#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdint.h>

/*
 * The live line on a terminal: "sqs-pull: 12345 messages, 1234/s, oldest 0.8 s". The rate is that
 * of the last seconds.
 */
enum { PROGRESS_SAMPLES = 16 };

struct progress {
    const char *noun; /* "messages" */
    uint64_t at_ms[PROGRESS_SAMPLES];
    uint64_t counts[PROGRESS_SAMPLES];
    unsigned taken; /* samples so far */
};

void progress_init(struct progress *progress, const char *noun);

/*
 * progress_draw(progress, now_ms, count, age_ms):
 * Draw the line for ${count} at the monotonic time ${now_ms}. ${age_ms} is the age of the oldest
 * record in hand, or PROGRESS_NONE.
 */
void progress_draw(struct progress *progress, uint64_t now_ms, uint64_t count, uint64_t age_ms);

#define PROGRESS_NONE UINT64_MAX

#endif
