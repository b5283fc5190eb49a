#ifndef SQS_LAMBDA_EVENT_H
#define SQS_LAMBDA_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "deliveries.h"

/*
 * Events of SQS as Lambda hands them over (AWS Lambda Developer Guide, "Using Lambda with Amazon
 * SQS"), read into the records that sqs-pull would print of the same messages: whatever stands in a
 * body keeps its bytes. The queue's URL is made of the region and of the queue's ARN.
 */
struct event;

struct event *event_new(void); /* NULL: out of memory */
void event_free(struct event *event);

enum event_result {
    EVENT_OK,
    EVENT_NOT_JSON,
    EVENT_NOT_SQS, /* another service's, or no list of messages */
    EVENT_NO_MEMORY
};

/*
 * event_read(event, text, length, deliveries, fifo):
 * Add the messages. One that lacks a part of what a record needs fails alone, as long as it has an
 * id. ${fifo}: the queue keeps an order.
 */
enum event_result event_read(struct event *event, const char *text, size_t length,
    struct deliveries *deliveries, bool *fifo);

#endif
