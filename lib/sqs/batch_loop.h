#ifndef SQS_BATCH_LOOP_H
#define SQS_BATCH_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/error.h"
#include "base/line.h"
#include "base/meter.h"
#include "base/outqueue.h"
#include "sqs/batcher.h"

/*
 * The loop of a program that turns lines of input into items of batches: it reads while there is
 * room, sends, hands items back, and writes output as it is taken. Everything that was read is
 * acted on before it ends; an output that fails ends only the writing, unless it is needed.
 */
struct batch_loop;

struct batch_loop_config {
    struct batcher_config batcher;
    int input;            /* descriptor */
    size_t maximum;       /* bytes of a line */
    uint64_t grace_ms;    /* how long a pipe is drained after a stop request */
    struct outqueue *out; /* NULL: the program prints nothing */
    bool output_needed;   /* an output that fails ends the sending too */
    struct meter *meter;  /* turned by the loop; NULL: none */
    void *context;
    /* Whether to read on; asked again whenever items have come back. */
    bool (*room)(void *context);
    /* A line, LINE_OK or LINE_LONG; it may call batch_loop_add(). */
    void (*on_line)(void *context, struct batch_loop *loop, enum line_result result,
        const struct line *line);
    /* An item is back: the receiver's again. */
    void (*on_item)(void *context, struct batcher_item *item);
};

struct batch_loop_result {
    struct aws_error error; /* what stopped the sending for good; AWS_OK: nothing */
    int input_error;        /* errno, or 0 */
    int output_error;       /* errno, or 0 */
    uint64_t skipped;       /* lines, as line_skipped() counts */
    bool cut_short;         /* a stop request ended the input before its end */
};

void batch_loop_run(const struct batch_loop_config *config, struct batch_loop_result *result);
/*
 * For main(): print what stopped the loop, ${no_memory} (outside of it) first. Returns the exit
 * status that goes with it; STATUS_OK: nothing did.
 */
int batch_loop_report(const struct batch_loop_result *result, bool no_memory);

void batch_loop_add(struct batch_loop *loop, struct batcher_item *item);

#endif
