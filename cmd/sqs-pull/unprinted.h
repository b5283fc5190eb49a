#ifndef SQS_PULL_UNPRINTED_H
#define SQS_PULL_UNPRINTED_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Messages received and not yet fully printed, ordered by the end of their line in the output. */
struct unprinted_message {
    uint64_t end;      /* output bytes up to the end of its line */
    uint64_t since_ms; /* monotonic: time of receipt */
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

/* Return 0, or -1 when memory runs out. */
int unprinted_add(struct unprinted *unprinted, uint64_t end, const struct buf *id,
    const struct buf *handle);

/* Forget the messages whose lines end at or before ${written}; return their number. */
size_t unprinted_remove_until(struct unprinted *unprinted, uint64_t written);

/* Take out one message whose line ends after ${cut}, or return NULL. The caller frees it. */
struct unprinted_message *unprinted_take_after(struct unprinted *unprinted, uint64_t cut);

#endif
