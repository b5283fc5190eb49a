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
#include "pg/table_state.h"
#include "pg/xact_status.h"
#include "tally.h"
#include "target.h"
#include "upsert_state.h"

enum { LOADER_RENEWALS = 4 }; /* each statement of a migration may need one */

/*
 * A check of the tables that passed, and the statements that take the place of the next ones as
 * long as the fingerprints are the same (pg/fingerprint.h). The buffers end with a NUL, and are
 * empty where a full check is needed.
 */
struct passed_check {
    bool asked;                      /* the fingerprints were read */
    struct buf guard;                /* in place of the target's */
    struct buf check;                /* reads a fingerprint, and whether error rows wait */
    char fingerprint[PG_SHAPE_SIZE]; /* what it was */
    struct pg_table_state state;     /* what the full check found then */
};

/* The state of one connection that outlives a batch. */
struct loader {
    const struct load_options *options;
    struct target *target;
    struct tally *tally;  /* the run's */
    bool insert;          /* keys by INSERT … ON CONFLICT: the last batch brought repeats */
    bool isolate;         /* rows under savepoints: the last batch had a refused row */
    bool immediate;       /* immediate constraints: that row was refused at COMMIT */
    bool again_immediate; /* after each try: a trigger defers them again */
    struct pg_error_names known; /* names that errors may be reported with */
    struct suspects suspects;    /* for the tally, if the current batch is committed */
    bool asked_for_split;        /* the error table was searched for rows of split messages */
    bool open_split;             /* the error table had such rows then */
    uint64_t kept_out;           /* rows of the current transaction that COPY did not insert */
    unsigned renewals;           /* of the batch: how often the catalogue was read again for it */
    bool stored;                 /* the current transaction wrote to the error table */
    bool waiting;                /* the error table holds rows that are not resolved */
    uint64_t claimed;            /* its share of the tally: records */
    uint64_t claimed_refused;    /* refused ones among them */
    struct pg_key mark;          /* in the ledger, of a transaction with unkeyed records */
    struct pg_xact_status xact_status; /* the same without a ledger */
    uint64_t notices;                  /* of the last COMMIT */
    uint32_t *order;                   /* scratch; this and the next three hold ${capacity} */
    uint32_t *tries;                   /* tries[i]: the item with batch->keys[i] that is tried */
    bool *fresh;                       /* fresh[i]: batch->keys[i] was not in the ledger before */
    struct pg_key *scratch;
    size_t capacity;
    struct buf sql;
    struct passed_check passed;
    struct upsert upsert;
    struct pg_stopped_client stopped; /* clients that held the ledger when a key was waited for */
};

void loader_init(struct loader *loader, const struct load_options *options, struct target *target,
    struct tally *tally);
void loader_free(struct loader *loader);

/* Make the next transaction check the tables in full. */
void loader_forget_passed(struct loader *loader);

/* Return to the tally what the last transaction claimed, because it is not committed. */
void loader_release(struct loader *loader);

/* Make the scratch arrays hold ${count}; their content is lost. Return 0, or -1 when memory runs
 * out. */
int loader_reserve(struct loader *loader, size_t count);

#endif
