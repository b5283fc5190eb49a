#ifndef RECORD_RESERVED_H
#define RECORD_RESERVED_H

#include <stdint.h>

#include "json/path.h"

/* The reserved top-level keys of a record (sqs2pg-record(5)). */

enum reserved {
    RESERVED_SQS,
    RESERVED_ATTRIBUTES,
    RESERVED_FIFO,
    RESERVED_ENVELOPE,
    RESERVED_BODY,
    RESERVED_PII,
    RESERVED_ERROR,
    RESERVED_SEALED,
    RESERVED_COUNT
};

/* Add one of them to a set of paths. Return its node, or JSON_NO_NODE: out of memory. */
uint32_t reserved_node(struct json_paths *paths, enum reserved reserved);

/* Add all of them to a set of paths, as nodes[reserved]. Return 0, or -1: out of memory. */
int reserved_add(struct json_paths *paths, uint32_t nodes[RESERVED_COUNT]);

#endif
