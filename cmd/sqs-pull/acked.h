#ifndef SQS_PULL_ACKED_H
#define SQS_PULL_ACKED_H

#include <stdbool.h>

#include "record/verdict.h"

/*
 * The FIFO on which verdicts come back, each with what sqs-ack made of it. It is read without ever
 * waiting. Its end is that of its last writer; before the first one opens it, it has none.
 */
struct acked;

/*
 * acked_open(path):
 * Open a FIFO for reading. NULL with errno; EINVAL: it is no FIFO. A path that names one of our
 * descriptors (/dev/fd/N) is opened anew and the descriptor closed: were it open for writing, too,
 * the FIFO would never end.
 */
struct acked *acked_open(const char *path);

/*
 * acked_close(acked):
 * NULL is fine. If nobody has opened it for writing yet, it is kept open for a moment longer, or
 * one who is about to would wait for a reader for ever.
 */
void acked_close(struct acked *acked);

int acked_fd(const struct acked *acked); /* to be watched for POLLIN; -1: at its end */
bool acked_ended(const struct acked *acked);
bool acked_has_writer(struct acked *acked); /* or has had one */

enum acked_result {
    ACKED_VERDICT, /* one is read; its text may not be used */
    ACKED_NOTHING, /* no more for now, or at the end */
    ACKED_NO_MEMORY
};

/* The next verdict. Lines that are none are passed over, with one warning. */
enum acked_result acked_next(struct acked *acked, struct verdict *verdict);

#endif
