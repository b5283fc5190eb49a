#ifndef SQS_FEED_H
#define SQS_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/error.h"
#include "base/line.h"
#include "base/meter.h"
#include "base/outqueue.h"
#include "sqs/batch.h"

/*
 * The loop of a program that turns lines of input into items of batches: it reads while there is
 * room, sends, hands items back, and writes output as it is taken. Everything that was read is
 * acted on before it ends; an output that fails ends only the writing, unless it is needed.
 */
struct feed;

struct feed_config {
    struct batch_config batch;
    int input;            /* descriptor */
    size_t maximum;       /* bytes of a line */
    uint64_t grace_ms;    /* how long a pipe is drained after a stop request */
    struct outqueue *out; /* NULL: the program prints nothing */
    bool output_needed;   /* an output that fails ends the sending too */
    struct meter *meter;  /* turned by the loop; NULL: none */
    void *context;
    /* Whether to read on; asked again whenever items have come back. */
    bool (*room)(void *context);
    /* A line, LINE_OK or LINE_LONG; it may call feed_add(). */
    void (*on_line)(void *context, struct feed *feed, enum line_result result,
        const struct line *line);
    /* An item is back: the receiver's again. */
    void (*on_item)(void *context, struct batch_item *item);
};

struct feed_result {
    struct aws_error error; /* what stopped the sending for good; AWS_OK: nothing */
    int input_error;        /* errno, or 0 */
    int output_error;       /* errno, or 0 */
    uint64_t skipped;       /* lines, as line_skipped() counts */
    bool cut_short;         /* a stop request ended the input before its end */
};

void feed_run(const struct feed_config *config, struct feed_result *result);
void feed_add(struct feed *feed, struct batch_item *item);

#endif
