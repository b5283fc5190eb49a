#ifndef SQS_LAMBDA_PIPELINE_H
#define SQS_LAMBDA_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/failure.h"
#include "base/line.h"
#include "options.h"

/*
 * The programs that load what comes in, alive between invocations: what is written to the first of
 * them, the last one answers with verdicts.
 */
struct pipeline;

/* Nothing is started yet. NULL: out of memory. */
struct pipeline *pipeline_new(const struct lambda_options *options);
void pipeline_free(struct pipeline *pipeline); /* ends it; NULL is fine */

/*
 * pipeline_ready(pipeline, within_ms, failure):
 * Have it run: one of which a program has ended is ended, and started anew, the key's source too,
 * which has ${within_ms}. 0, or -1 with ${failure}.
 */
int pipeline_ready(struct pipeline *pipeline, uint64_t within_ms, struct failure *failure);

/* Both do not block. The writing end is -1 once it is closed. */
int pipeline_input(const struct pipeline *pipeline);
void pipeline_close_input(struct pipeline *pipeline);
struct line_reader *pipeline_verdicts(const struct pipeline *pipeline);

enum pipeline_end {
    PIPELINE_WELL,    /* each with a status that asks for nothing, or for a later try */
    PIPELINE_KILLED,  /* a signal ended one of them */
    PIPELINE_REFUSED, /* one was refused for good: ${failure} */
};

/*
 * pipeline_end(pipeline, failure):
 * One of its programs has ended: wait a moment for the others, then end them. How it ended, by the
 * gravest of their statuses; ${failure} says it in words, unless all is well.
 */
enum pipeline_end pipeline_end(struct pipeline *pipeline, struct failure *failure);

/*
 * End it, half done as it is: the loader is asked to break off, and everything is gone when this
 * returns, after a fraction of a second.
 */
void pipeline_abort(struct pipeline *pipeline);

#endif
