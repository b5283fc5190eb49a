#ifndef SQS_PULL_UNPRINTED_H
#define SQS_PULL_UNPRINTED_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Messages received, and not yet printed to their end. They are known by where in the
 * output their line ends, in that order.
 */
struct unprinted_message {
    uint64_t end;      /* bytes of output up to the end of its line */
    uint64_t since_ms; /* monotonic: when it was received */
    struct unprinted_message *next;
    size_t id_length;
    size_t handle_length;
    char text[]; /* message id, receipt handle */
};

struct unprinted {
    struct unprinted_message *first;
    struct unprinted_message **last;
    size_t count;
};

void unprinted_init(struct unprinted *unprinted);
void unprinted_free(struct unprinted *unprinted);

/* 0, or -1: out of memory. */
int unprinted_add(struct unprinted *unprinted, uint64_t end, const struct buf *id,
    const struct buf *handle);

/* Forget the messages whose lines end at or before ${written}; return how many. */
size_t unprinted_remove_until(struct unprinted *unprinted, uint64_t written);

/* Take out one of those whose lines end after ${cut}, or NULL; to be freed by the caller. */
struct unprinted_message *unprinted_take_after(struct unprinted *unprinted, uint64_t cut);

#endif
