#ifndef SQS_LAMBDA_DELIVERIES_H
#define SQS_LAMBDA_DELIVERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "record/verdict.h"

/* The messages of one invocation, with their outcomes. */
struct deliveries;

struct deliveries *deliveries_new(void); /* NULL when memory runs out */
void deliveries_free(struct deliveries *deliveries);
void deliveries_clear(struct deliveries *deliveries); /* begin another invocation */

/*
 * deliveries_add(deliveries, id, handle, line):
 * Add a message with its record, a whole line. An empty line means that there is no record, and the
 * message fails. Return 0, or -1 when memory runs out.
 */
int deliveries_add(struct deliveries *deliveries, const struct buf *id, const struct buf *handle,
    const struct buf *line);

/*
 * Take a verdict. It belongs to this invocation when message id and receipt handle are those of a
 * message; any other is ignored. A message once refused stays refused. The parts of a message count
 * together. Return 0, or -1 when memory runs out.
 */
int deliveries_take(struct deliveries *deliveries, const struct verdict *verdict);

size_t deliveries_count(const struct deliveries *deliveries);
size_t deliveries_pending(const struct deliveries *deliveries); /* without a verdict yet */

/* Append the records of the pending messages. Return 0, or -1 when memory runs out. */
int deliveries_records(const struct deliveries *deliveries, struct buf *out);

/*
 * deliveries_answer(deliveries, in_order, out):
 * Append the answer for the event source of Lambda (ReportBatchItemFailures): the ids of the
 * messages that are not settled. With ${in_order} (a FIFO queue), add all messages after the first
 * of them. Return their number, or SIZE_MAX when memory runs out.
 */
size_t deliveries_answer(const struct deliveries *deliveries, bool in_order, struct buf *out);

#endif
