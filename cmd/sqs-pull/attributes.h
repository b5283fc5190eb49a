#ifndef SQS_PULL_ATTRIBUTES_H
#define SQS_PULL_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>

/* Which message attributes are wanted. */
enum { ATTRIBUTES_NAMES = 64, ATTRIBUTES_TEXT_SIZE = 4096 };

struct attributes {
    const char *names[ATTRIBUTES_NAMES]; /* as a receive asks for them; "All": every one */
    size_t count;                        /* 0: none */
    char text[ATTRIBUTES_TEXT_SIZE]; /* behind the names: the structure must stay in its place */
};

/*
 * attributes_parse(attributes, value):
 * "all", or names with commas between; a name with ".*" at its end stands for all that begin so.
 * False: it is neither (a name is letters, digits, "_", "-" and "."), or there are too many.
 */
bool attributes_parse(struct attributes *attributes, const char *value);

/* Whether one of this name is wanted: a server may give more than it was asked for. */
bool attributes_want(const struct attributes *attributes, const char *name, size_t length);

#endif
