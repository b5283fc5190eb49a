#ifndef SQS_LAMBDA_PART_H
#define SQS_LAMBDA_PART_H

#include <stdbool.h>

#include "words.h"

/* Which program gets which part of the environment: its own secrets, and what all may have. */
enum part {
    PART_COMMON,   /* what every program may have */
    PART_DATABASE, /* pg-load: that, and the database's */
    PART_AWS,      /* the command that prints the key: the first, AWS's, and the way to AWS */
    PART_COMMAND   /* COMMAND: everything but AWS's */
};

/* Whether the variable belongs to the part. */
bool part_has(enum part part, const char *name);

/* Add those of this process's environment that do. */
void part_add(enum part part, struct words *words);

#endif
