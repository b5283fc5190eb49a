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
 * The main loop of a program that turns input lines into items of batches. It reads while there is
 * room, sends, hands items back, and writes output as the reader takes it. Before it ends, every
 * line read is processed. A failing output ends only the writing, unless the output is needed.
 */
struct batch_loop;

struct batch_loop_config {
    struct batcher_config batcher;
    int input;            /* descriptor */
    size_t maximum;       /* bytes of a line */
    uint64_t grace_ms;    /* how long to drain a pipe after a stop request */
    struct outqueue *out; /* NULL when the program prints nothing */
    bool output_needed;   /* a failing output also ends the sending */
    struct meter *meter;  /* turned by the loop; NULL for none */
    void *context;
    /* Return true to continue reading; called again when items return. */
    bool (*room)(void *context);
    /* Take a line, LINE_OK or LINE_LONG; may call batch_loop_add(). */
    void (*on_line)(void *context, struct batch_loop *loop, enum line_result result,
        const struct line *line);
    /* Take an item that returned; the receiver owns it again. */
    void (*on_item)(void *context, struct batcher_item *item);
};

struct batch_loop_result {
    struct aws_error error; /* reason why sending stopped for good; AWS_OK for none */
    int input_error;        /* errno, or 0 */
    int output_error;       /* errno, or 0 */
    uint64_t skipped;       /* lines, as line_skipped() counts */
    bool cut_short;         /* a stop request ended the input early */
};

void batch_loop_run(const struct batch_loop_config *config, struct batch_loop_result *result);
/*
 * Print for main() why the loop stopped, first ${no_memory} (outside of it). Return the exit
 * status; STATUS_OK when nothing failed.
 */
int batch_loop_report(const struct batch_loop_result *result, bool no_memory);

/* Hand an item to the batcher. It belongs to the loop until on_item() gets it. */
void batch_loop_add(struct batch_loop *loop, struct batcher_item *item);

#endif
