#ifndef SQS_PULL_ATTRIBUTES_H
#define SQS_PULL_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>

/* The names of the requested message attributes. */
enum { ATTRIBUTES_NAMES = 64, ATTRIBUTES_TEXT_SIZE = 4096 };

struct attributes {
    const char *names[ATTRIBUTES_NAMES]; /* as a receive asks for them; "All" for each */
    size_t count;                        /* 0 when none */
    char text[ATTRIBUTES_TEXT_SIZE];     /* behind the names; the structure must not move */
};

/*
 * attributes_parse(attributes, value):
 * Parse "all", or names separated by commas. A name that ends in ".*" selects all names with that
 * beginning. Return false when a name has other characters than letters, digits, "_", "-" and ".",
 * or when there are too many names.
 */
bool attributes_parse(struct attributes *attributes, const char *value);

/* Return true when this name was requested: a server may send more than that. */
bool attributes_want(const struct attributes *attributes, const char *name, size_t length);

#endif
