#ifndef PG_SUGGEST_BODIES_H
#define PG_SUGGEST_BODIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "body_tree.h"

/* Read records (sqs2pg-record(5)), or plain lines of JSON, into the tree of the bodies that pg-load
 * would see. */
struct bodies_counts {
    uint64_t records;         /* with a value at the root */
    uint64_t malformed;       /* not JSON, not an object, or too long */
    uint64_t first_malformed; /* its line number */
    uint64_t errors;          /* error records, which pg-load quarantines */
    uint64_t rootless;        /* without a value at the root */
    uint64_t unmasked;        /* from a queue, and not masked */
    uint64_t bare;            /* perhaps without a value on any path: not an object, or empty */
    bool has_others;          /* some have attributes, fifo or an envelope */
};

struct bodies;

/* Create it. ${root}: as --root of pg-load; NULL: ".body". Return NULL with errno; EINVAL: that is
 * not such a path. */
struct bodies *bodies_new(const char *root);
void bodies_free(struct bodies *bodies); /* NULL is fine */

/* Read one line; NULL: one that was too long. Return 0, or -1 when memory runs out. */
int bodies_line(struct bodies *bodies, const char *text, size_t length, uint64_t number);

const struct bodies_counts *bodies_counts(const struct bodies *bodies);
struct tree *bodies_tree(const struct bodies *bodies);

#endif
