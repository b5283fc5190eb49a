#ifndef SQS_PULL_HAND_H
#define SQS_PULL_HAND_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Messages in hand: received, and not yet printed to their end. They are known by where in the
 * output their line ends, in that order.
 */
struct hand_message {
    uint64_t end;      /* bytes of output up to the end of its line */
    uint64_t since_ms; /* monotonic: when it was received */
    struct hand_message *next;
    size_t id_length;
    size_t handle_length;
    char text[]; /* message id, receipt handle */
};

struct hand {
    struct hand_message *first;
    struct hand_message **last;
    size_t count;
};

void hand_init(struct hand *hand);
void hand_free(struct hand *hand);

/* 0, or -1: no memory. */
int hand_add(struct hand *hand, uint64_t end, const struct buf *id, const struct buf *handle);

/* Forget the messages whose lines end at or before ${written}; return how many. */
size_t hand_printed(struct hand *hand, uint64_t written);

/* Take out one of those whose lines end after ${cut}, or NULL; to be freed by the caller. */
struct hand_message *hand_take_after(struct hand *hand, uint64_t cut);

#endif
