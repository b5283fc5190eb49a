#ifndef SQS_LAMBDA_DELIVERIES_H
#define SQS_LAMBDA_DELIVERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "record/verdict.h"

/* The messages of one invocation, and what became of each. */
struct deliveries;

struct deliveries *deliveries_new(void); /* NULL: out of memory */
void deliveries_free(struct deliveries *deliveries);
void deliveries_clear(struct deliveries *deliveries); /* begin with another invocation */

/*
 * deliveries_add(deliveries, id, handle, line):
 * Add a message with its record, a whole line; an empty one: there is none to be had, and the
 * message fails. 0, or -1: out of memory.
 */
int deliveries_add(struct deliveries *deliveries, const struct buf *id, const struct buf *handle,
    const struct buf *line);

/*
 * Take a verdict: of this invocation is one with the message id and the receipt handle of a
 * message, all others are passed over. What was refused once stays refused. The parts of a message
 * count together. 0, or -1: out of memory.
 */
int deliveries_settle(struct deliveries *deliveries, const struct verdict *verdict);

size_t deliveries_count(const struct deliveries *deliveries);
size_t deliveries_pending(const struct deliveries *deliveries); /* without a verdict yet */

/* Append the records of those. 0, or -1: out of memory. */
int deliveries_records(const struct deliveries *deliveries, struct buf *out);

/*
 * deliveries_answer(deliveries, in_order, out):
 * Append what Lambda's event source takes (ReportBatchItemFailures): the ids of the messages that
 * are not settled; ${in_order}, of a FIFO queue: and of all behind the first of them. How many they
 * are, or SIZE_MAX: out of memory.
 */
size_t deliveries_answer(const struct deliveries *deliveries, bool in_order, struct buf *out);

#endif
