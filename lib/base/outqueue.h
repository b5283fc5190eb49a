#ifndef BASE_OUTQUEUE_H
#define BASE_OUTQUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Output for a program that must never wait for its reader: lines are kept in memory and written
 * when poll(2) says that the descriptor takes them. A pipe, socket or terminal gets at most
 * PIPE_BUF bytes at a time, so that no write blocks though the descriptor, which may be shared with
 * others, is not made non-blocking; and as far as whole lines fit they go whole, so that a reader
 * finds no piece of a line if we are killed.
 *
 * The first failure is kept, as in base/out.h, and what waits is dropped, as is all that is added
 * later. EPIPE means that the reader has gone.
 */
struct outqueue;

struct outqueue *outqueue_open(int fd);     /* ${fd} stays the caller's; NULL with errno */
void outqueue_free(struct outqueue *queue); /* NULL is fine */

/* Add bytes, which end a line or not. 0, or -1: out of memory, nothing added. */
int outqueue_add(struct outqueue *queue, const void *data, size_t length);

/*
 * outqueue_write(queue):
 * Write what the descriptor takes now. 0, or -1 with the kept errno. With nothing waiting it still
 * finds out whether the reader of a pipe has gone.
 */
int outqueue_write(struct outqueue *queue);

/* What to poll the descriptor for: POLLOUT while anything waits, else 0 (its end is reported
 * anyway). */
short outqueue_events(const struct outqueue *queue);

/*
 * Drop what waits, but for the rest of a line that is written in part; return what
 * outqueue_written() will be once that rest is written.
 */
uint64_t outqueue_cut(struct outqueue *queue);

size_t outqueue_waiting(const struct outqueue *queue);   /* bytes not written */
uint64_t outqueue_written(const struct outqueue *queue); /* bytes written since it was opened */
int outqueue_error(const struct outqueue *queue);        /* the kept errno, or 0 */

/* Close the descriptor itself, because some file systems report a failed write only then; free. 0,
 * or -1. */
int outqueue_close(struct outqueue *queue);

#endif
