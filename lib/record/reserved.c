#include <string.h>

#include "record/reserved.h"

static const char *const names[RESERVED_COUNT] = {
    [RESERVED_SQS] = "sqs",
    [RESERVED_ATTRIBUTES] = "attributes",
    [RESERVED_FIFO] = "fifo",
    [RESERVED_ENVELOPE] = "envelope",
    [RESERVED_BODY] = "body",
    [RESERVED_PII] = "pii",
    [RESERVED_ERROR] = "error",
    [RESERVED_SEALED] = "sealed",
};

uint32_t reserved_node(struct json_paths *paths, enum reserved reserved)
{
    return json_paths_key(paths, JSON_ROOT, names[reserved], strlen(names[reserved]));
}

int reserved_add(struct json_paths *paths, uint32_t nodes[RESERVED_COUNT])
{
    for (enum reserved i = 0; i < RESERVED_COUNT; i++) {
        nodes[i] = reserved_node(paths, i);
        if (nodes[i] == JSON_NO_NODE)
            return -1;
    }
    return 0;
}
