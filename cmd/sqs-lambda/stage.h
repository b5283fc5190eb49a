#ifndef SQS_LAMBDA_STAGE_H
#define SQS_LAMBDA_STAGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/failure.h"
#include "options.h"
#include "words.h"

/* A program of the pipeline, what it is started with, and how it ended. */
struct stage {
    const char *name;
    struct words words;
    struct words environment;
    bool wants_key; /* the pipe with the key, as descriptor STAGE_KEY */
    pid_t process;  /* 0: it does not run */
    int status;     /* that it ended with; above 128: of the signal that ended it */
    bool ended_by_us;
};

enum { STAGES_MOST = 3, STAGE_KEY = 3 };

/*
 * stage_list(stages, options, failure):
 * The programs by the settings of the environment: as many as are returned, each of them to be
 * freed. -1 with ${failure}: STATUS_CONFIG where a setting is missing.
 */
int stage_list(struct stage stages[STAGES_MOST], const struct lambda_options *options,
    struct failure *failure);
void stage_free(struct stage *stage); /* once it does not run */

/* Start it with its input, its output and the key (-1: none). 0, or -1 with ${failure}. */
int stage_start(struct stage *stage, int input, int output, int key, struct failure *failure);

/* Whether it has ended; ${wait}: wait for that. Its status is known then. */
bool stage_has_ended(struct stage *stage, bool wait);

/* A signal to it and all of its group, if it runs. */
void stage_signal(struct stage *stage, int number);

#endif
