#ifndef BASE_OUT_H
#define BASE_OUT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Checked output. Bytes are gathered in a fixed buffer and written with write(2); partial and
 * interrupted writes go on, a non-blocking descriptor is waited for. The first failure is kept:
 * every later call returns -1 with the same errno, so that a filter may check at its flushes
 * only. EPIPE means that the reader has gone.
 */
struct out;

/* A writer on ${fd} (which stays the caller's), or NULL with errno. */
struct out *out_open(int fd);

/*
 * Once a stop is requested (base/stop.h), wait for a reader that takes nothing no longer than that
 * in all; then the failure is ETIMEDOUT. Without this the wait has no end.
 */
void out_set_grace(struct out *out, uint64_t grace_ms);

/* Free without flushing; NULL is fine. */
void out_free(struct out *out);

int out_write(struct out *out, const void *data, size_t length); /* 0, or -1 with errno */
int out_flush(struct out *out);                                  /* 0, or -1 with errno */
int out_error(const struct out *out);                            /* the kept errno, or 0 */

/*
 * Why a write failed, for a message: of EPIPE that the reader has ended, which says why itself. Its
 * name is that of PIPELINE_READER, which sqs2pg sets for each program. Good until the thread's
 * next.
 */
const char *out_reason(int error);

/*
 * out_close(out):
 * Flush, then close the descriptor itself, because some file systems report a failed write only
 * then; free. Return 0, or -1 with errno. For stdout, at the end of every program.
 */
int out_close(struct out *out);

#endif
