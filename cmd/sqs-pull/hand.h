#ifndef SQS_PULL_HAND_H
#define SQS_PULL_HAND_H

#include <stddef.h>
#include <stdint.h>

#include "aws/batch.h"

/*
 * Messages in hand: received, and not yet printed to their end. They are known by where in the
 * output their line ends, in that order.
 */
struct hand_message {
    struct batch_item item; /* its text is the receipt handle */
    uint64_t end;           /* bytes of output up to the end of its line */
    struct hand_message *next;
    char handle[];
};

struct hand {
    struct hand_message *first;
    struct hand_message **last;
    size_t count;
};

void hand_init(struct hand *hand);
void hand_free(struct hand *hand);

/* 0, or -1: no memory. */
int hand_add(struct hand *hand, uint64_t end, const char *handle, size_t length);

/* Forget the messages whose lines end at or before ${written}; return how many. */
size_t hand_printed(struct hand *hand, uint64_t written);

/* Take the messages whose lines end after ${cut}, as a list. */
struct hand_message *hand_take_after(struct hand *hand, uint64_t cut);

#endif
