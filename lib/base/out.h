#ifndef BASE_OUT_H
#define BASE_OUT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Checked output through a fixed buffer and write(2). Partial and interrupted writes continue; a
 * non-blocking descriptor is waited for. The first failure is kept: every later call returns -1
 * with the same errno, so a filter may check only at its flushes. EPIPE means that the reader has
 * ended.
 */
struct out;

/* Return a writer on ${fd}, or NULL with errno. The caller keeps and closes ${fd}. */
struct out *out_open(int fd);

/*
 * After a stop request (base/stop.h), wait at most that long in all for a reader that takes
 * nothing; then fail with ETIMEDOUT. Without this call the wait has no limit.
 */
void out_set_grace(struct out *out, uint64_t grace_ms);

/* Free without flushing; NULL is fine. */
void out_free(struct out *out);

int out_write(struct out *out, const void *data, size_t length); /* 0, or -1 with errno */
int out_flush(struct out *out);                                  /* 0, or -1 with errno */
int out_error(const struct out *out);                            /* the kept errno, or 0 */

/*
 * Return words for a failed write. For EPIPE: the reader, named as in PIPELINE_READER (sqs2pg sets
 * it for each program), has ended. Valid until the thread's next call.
 */
const char *out_reason(int error);

/*
 * out_close(out):
 * Flush, close the descriptor, because some file systems report a failed write only then, and free.
 * Return 0, or -1 with errno. For stdout, at the end of every program.
 */
int out_close(struct out *out);

#endif
