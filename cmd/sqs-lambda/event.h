#ifndef SQS_LAMBDA_EVENT_H
#define SQS_LAMBDA_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "deliveries.h"

/*
 * Reads SQS events of Lambda into the records that sqs-pull would print for the same messages (AWS
 * Lambda Developer Guide, "Using Lambda with Amazon SQS"). Each byte of a body is kept. The URL of
 * the queue is made from the region and the ARN of the queue.
 */
struct event;

struct event *event_new(void); /* NULL when memory runs out */
void event_free(struct event *event);

enum event_result {
    EVENT_OK,
    EVENT_NOT_JSON,
    EVENT_NOT_SQS, /* from another service, or without a list of messages */
    EVENT_NO_MEMORY
};

/*
 * event_read(event, text, length, deliveries, fifo):
 * Add the messages. A message that lacks a part of its record fails alone, if it has an id.
 * ${fifo}: the queue keeps an order.
 */
enum event_result event_read(struct event *event, const char *text, size_t length,
    struct deliveries *deliveries, bool *fifo);

#endif
