#ifndef PG_SUGGEST_BODIES_H
#define PG_SUGGEST_BODIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "body_tree.h"

/* Records (sqs2pg-record(5)), or plain lines of JSON, into the tree of what pg-load takes as body.
 */
struct bodies_counts {
    uint64_t records;         /* with a value at the root */
    uint64_t malformed;       /* no JSON, no object, or too long */
    uint64_t first_malformed; /* the number of its line */
    uint64_t errors;          /* error records: pg-load puts them aside */
    uint64_t rootless;        /* without a value at the root */
    uint64_t unmasked;        /* that came from a queue, and pii-mask has not seen them */
    uint64_t bare; /* in which no path may lead to a value: the body is no object, or empty */
    bool aside;    /* some have attributes, fifo or an envelope */
};

struct bodies;

/* ${root} as in pg-load's --root, NULL: ".body". NULL with errno: EINVAL, that is no such path. */
struct bodies *bodies_new(const char *root);
void bodies_free(struct bodies *bodies); /* NULL is fine */

/* Take in one line; NULL: one that was too long. 0, or -1: out of memory. */
int bodies_line(struct bodies *bodies, const char *text, size_t length, uint64_t number);

const struct bodies_counts *bodies_counts(const struct bodies *bodies);
struct tree *bodies_tree(const struct bodies *bodies);

#endif
