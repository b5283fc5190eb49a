#ifndef SQS_LAMBDA_PIPELINE_H
#define SQS_LAMBDA_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/failure.h"
#include "base/line.h"
#include "options.h"

/*
 * The programs that load the records, alive between invocations. The first one reads records; the
 * last one answers with verdicts.
 */
struct pipeline;

/* Make a pipeline without starting it. Return NULL when memory runs out. */
struct pipeline *pipeline_new(const struct lambda_options *options);
void pipeline_free(struct pipeline *pipeline); /* ends it; NULL is fine */

/*
 * pipeline_ready(pipeline, within_ms, failure):
 * Start the pipeline if it is not running. When one of its programs has ended, end all and start
 * them again, with the key source, which has ${within_ms}. Return 0, or -1 with ${failure}.
 */
int pipeline_ready(struct pipeline *pipeline, uint64_t within_ms, struct failure *failure);

/* Return the writing end of the pipe to the first program, non-blocking; -1 once it is closed.
 * pipeline_verdicts() returns the reader of the last program's output, which does not block either.
 */
int pipeline_input(const struct pipeline *pipeline);
void pipeline_close_input(struct pipeline *pipeline);
struct line_reader *pipeline_verdicts(const struct pipeline *pipeline);

enum pipeline_end {
    PIPELINE_WELL,    /* each with a status that needs nothing, or a later retry */
    PIPELINE_KILLED,  /* a signal ended one of them */
    PIPELINE_REFUSED, /* one failed for good: ${failure} */
};

/*
 * pipeline_end(pipeline, failure):
 * After one of its programs has ended, wait a moment for the others, then end them. Return how it
 * ended, from the gravest of their statuses; ${failure} describes it in each case. Only with
 * PIPELINE_REFUSED is its status that of the program.
 */
enum pipeline_end pipeline_end(struct pipeline *pipeline, struct failure *failure);

/*
 * End the pipeline in the middle of its work: ask the loader to cancel its batch. All programs have
 * ended when this returns, after a fraction of a second.
 */
void pipeline_abort(struct pipeline *pipeline);

#endif
