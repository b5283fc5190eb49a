#ifndef SQS_LAMBDA_STAGE_H
#define SQS_LAMBDA_STAGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/failure.h"
#include "options.h"
#include "string_list.h"

/* A program of the pipeline: its command line, its process and how it ended. */
struct stage {
    const char *name;
    struct string_list arguments;
    struct string_list environment;
    bool wants_key; /* gets the pipe with the key as descriptor STAGE_KEY */
    pid_t process;  /* 0 when not running */
    int status;     /* exit status, or 128 plus the signal that ended it */
    bool ended_by_us;
};

enum { STAGES_MOST = 3, STAGE_KEY = 3 };

/*
 * stage_list(stages, options, failure):
 * List the programs for the settings in the environment. Return their number; the caller frees each
 * of them. Return -1 with ${failure}: STATUS_CONFIG when a setting is missing.
 */
int stage_list(struct stage stages[STAGES_MOST], const struct lambda_options *options,
    struct failure *failure);
void stage_free(struct stage *stage); /* when it is not running */

/* Start it with its input, its output and the key (-1 for none). Return 0, or -1 with
 * ${failure}. */
int stage_start(struct stage *stage, int input, int output, int key, struct failure *failure);

/* Return true when it has ended, with its status set; ${wait}: wait for the end. */
bool stage_has_ended(struct stage *stage, bool wait);

/* Send a signal to its process group, if it runs. */
void stage_signal(struct stage *stage, int number);

#endif
