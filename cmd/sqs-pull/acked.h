#ifndef SQS_PULL_ACKED_H
#define SQS_PULL_ACKED_H

#include <stdbool.h>

#include "record/verdict.h"

/*
 * The FIFO on which verdicts return, each with the result that sqs-ack reports. Reading never
 * waits. The FIFO ends with its last writer, and has no end before the first writer opens it.
 */
struct acked;

/*
 * acked_open(path):
 * Open a FIFO for reading. Return NULL with errno; EINVAL when it is not a FIFO. When the path
 * names one of our own descriptors (/dev/fd/N), open it again and close that descriptor: if it were
 * open for writing too, the FIFO would never end.
 */
struct acked *acked_open(const char *path);

/*
 * acked_close(acked):
 * Close the FIFO; NULL is fine. Before the first writer, keep it open for a moment longer: a
 * program about to open it for writing would otherwise wait for a reader forever.
 */
void acked_close(struct acked *acked);

int acked_fd(const struct acked *acked); /* to poll for POLLIN; -1 at its end */
bool acked_ended(const struct acked *acked);
bool acked_has_writer(struct acked *acked); /* now or earlier */

enum acked_result {
    ACKED_VERDICT, /* a verdict; its text must not be used */
    ACKED_NOTHING, /* no more for now, or the end */
    ACKED_NO_MEMORY
};

/* Read the next verdict. Other lines are ignored, with one warning. */
enum acked_result acked_next(struct acked *acked, struct verdict *verdict);

#endif
