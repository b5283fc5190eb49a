#ifndef SQS_LAMBDA_KEY_SOURCE_H
#define SQS_LAMBDA_KEY_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/failure.h"

/* Return true when SQS2PG_KEY_COMMAND is set. */
bool key_source_is_command(void);

/*
 * key_source_open(within_ms, failure):
 * Run the command to its end, with the AWS variables, and return a pipe that holds its output. The
 * writing end is closed; the reading end belongs to the caller and is above the descriptors that a
 * program starts with. No part of the key stays in this process. Return -1 with ${failure}:
 * STATUS_CONFIG when SQS2PG_KEY_COMMAND names no command; STATUS_UNAVAILABLE when it failed or
 * printed nothing; STATUS_TEMPORARY when it took longer than ${within_ms}, or a stop is requested;
 * otherwise STATUS_INTERNAL.
 */
int key_source_open(uint64_t within_ms, struct failure *failure);

#endif
