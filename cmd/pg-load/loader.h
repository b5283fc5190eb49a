#ifndef PG_LOAD_LOADER_H
#define PG_LOAD_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "load.h"
#include "pg/key.h"
#include "target.h"

/* Records so far, by what became of them. */
struct counts {
    uint64_t committed;
    uint64_t duplicate;
    uint64_t quarantined;
    uint64_t rejected;
    uint64_t unkeyed;
    uint64_t batches;
};

/* What outlives a batch on its way into the database. */
struct loader {
    const struct load_options *options;
    struct target *target;
    struct counts counts;
    bool insert;           /* keys by INSERT … ON CONFLICT: the last batch brought repeats */
    bool isolate;          /* rows under savepoints: the last batch had one refused */
    bool immediate;        /* and constraints checked at once: it was refused at COMMIT */
    bool proven;           /* a row of this run is in the table */
    uint64_t suspects;     /* records refused by the server since one last passed */
    uint64_t new_suspects; /* of them in the batch under way */
    char xid[24];          /* of the transaction, "" when the ledger makes it superfluous */
    uint32_t *order;       /* scratch, all of them of ${capacity} */
    uint32_t *tries;       /* tries[i]: which item with batch->keys[i] is tried */
    bool *fresh;           /* fresh[i]: batch->keys[i] was not in the ledger before */
    struct pg_key *scratch;
    size_t capacity;
    struct buf sql;
};

void loader_init(struct loader *loader, const struct load_options *options, struct target *target);
void loader_free(struct loader *loader);

/* Make the scratch arrays hold ${count}; what was in them is lost. 0, or -1: no memory. */
int loader_reserve(struct loader *loader, size_t count);

#endif
