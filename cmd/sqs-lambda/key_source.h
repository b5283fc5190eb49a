#ifndef SQS_LAMBDA_KEY_SOURCE_H
#define SQS_LAMBDA_KEY_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/failure.h"

/* Whether SQS2PG_KEY_COMMAND is set. */
bool key_source_is_command(void);

/*
 * key_source_open(within_ms, failure):
 * Run the command to its end, with AWS's variables, and return a pipe that holds what it has
 * printed, its writing end closed: the caller's, above the descriptors that a program begins with.
 * Nothing of the key stays here. -1 with ${failure}: STATUS_UNAVAILABLE where it failed or printed
 * nothing, STATUS_TEMPORARY where it took longer than ${within_ms}.
 */
int key_source_open(uint64_t within_ms, struct failure *failure);

#endif
