#ifndef BASE_OUTQUEUE_H
#define BASE_OUTQUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Output for a program that must never wait for its reader. Lines stay in memory until poll(2) says
 * that the descriptor is writable. A pipe, socket or terminal gets at most PIPE_BUF bytes at a
 * time. Such a write does not block, so the descriptor, which may be shared, need not be
 * non-blocking. Lines that fit are written whole: a reader finds no piece of a line when the
 * program is killed.
 *
 * The first failure is kept, as in base/out.h; pending and later lines are dropped. EPIPE means
 * that the reader has ended.
 */
struct outqueue;

struct outqueue *outqueue_open(int fd);     /* the caller keeps ${fd}; NULL with errno */
void outqueue_free(struct outqueue *queue); /* NULL is fine */

/* Add bytes, with or without a line end. Return 0, or -1: out of memory, nothing added. */
int outqueue_add(struct outqueue *queue, const void *data, size_t length);

/*
 * outqueue_write(queue):
 * Write what the descriptor takes now. Return 0, or -1 with the kept errno. It also notices that
 * the reader of a pipe has ended when nothing is pending.
 */
int outqueue_write(struct outqueue *queue);

/*
 * Return what to poll the descriptor for: POLLOUT while bytes are pending, else 0 (poll(2) reports
 * the end anyway).
 */
short outqueue_events(const struct outqueue *queue);

/*
 * Drop the pending lines, but not the rest of a partly written one. Return the value that
 * outqueue_written() will have once that rest is written.
 */
uint64_t outqueue_cut(struct outqueue *queue);

size_t outqueue_waiting(const struct outqueue *queue);   /* pending bytes */
uint64_t outqueue_written(const struct outqueue *queue); /* bytes written since it was opened */
int outqueue_error(const struct outqueue *queue);        /* the kept errno, or 0 */

/*
 * Close the descriptor, because some file systems report a failed write only then, and free.
 * Pending lines are lost. Return 0, or -1 with errno.
 */
int outqueue_close(struct outqueue *queue);

#endif
