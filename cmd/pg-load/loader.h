#ifndef PG_LOAD_LOADER_H
#define PG_LOAD_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "options.h"
#include "pg/error_names.h"
#include "pg/key.h"
#include "pg/stopped_client.h"
#include "pg/xact_status.h"
#include "tally.h"
#include "target.h"
#include "upsert_state.h"

enum { LOADER_RENEWALS = 4 }; /* a migration's statements may be met one by one */

/* What outlives a batch on its way into the database, for one connection. */
struct loader {
    const struct load_options *options;
    struct target *target;
    struct tally *tally; /* the run's */
    bool insert;         /* keys by INSERT … ON CONFLICT: the last batch brought repeats */
    bool isolate;        /* rows under savepoints: the last batch had one refused */
    bool immediate;      /* and constraints checked at once: it was refused at COMMIT */
    struct pg_error_names known; /* names that errors may be reported with */
    struct suspects suspects;    /* for the tally, if the batch under way is committed */
    bool asked_for_split;        /* whether the error table has rows of split messages: */
    bool open_split;             /* it had some, when the connection first looked */
    uint64_t kept_out;        /* rows sent in the transaction under way that COPY did not insert */
    unsigned renewals;        /* of the batch: how often its columns had changed */
    bool stored;              /* the transaction under way wrote to the error table */
    bool waiting;             /* which holds rows that are not resolved */
    uint64_t claimed;         /* its share of the tally: records, */
    uint64_t claimed_refused; /* and of them refused */
    struct pg_key mark;       /* of the transaction with unkeyed records, in the ledger */
    struct pg_xact_status xact_status; /* and without a ledger */
    uint64_t notices;                  /* that the last COMMIT brought */
    uint32_t *order;                   /* scratch, all of them of ${capacity} */
    uint32_t *tries;                   /* tries[i]: which item with batch->keys[i] is tried */
    bool *fresh;                       /* fresh[i]: batch->keys[i] was not in the ledger before */
    struct pg_key *scratch;
    size_t capacity;
    struct buf sql;
    struct upsert upsert;
    struct pg_stopped_client stopped; /* who held the ledger when a key was waited for */
};

void loader_init(struct loader *loader, const struct load_options *options, struct target *target,
    struct tally *tally);
void loader_free(struct loader *loader);

/* Give back what the last transaction claimed of the tally: it is not committed. */
void loader_release(struct loader *loader);

/* Make the scratch arrays hold ${count}; what was in them is lost. 0, or -1: out of memory. */
int loader_reserve(struct loader *loader, size_t count);

#endif
