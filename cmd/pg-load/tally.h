#ifndef PG_LOAD_TALLY_H
#define PG_LOAD_TALLY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Records that failed in batches where none passed, except for those in the error table already. */
struct suspects {
    uint64_t refused; /* by the server */
    uint64_t misfits; /* by the map, --key or the names of the columns */
};

/* The shared counts of the connections of a run. Any thread may call these functions. */
struct tally {
    pthread_mutex_t mutex;
    uint64_t total;           /* records committed, or about to be */
    uint64_t refused;         /* refused ones among them */
    struct suspects suspects; /* since a record last passed */
    bool proven;              /* a row of this run is in the table */
    uint64_t faults;
};

void tally_init(struct tally *tally);
void tally_free(struct tally *tally);

/*
 * tally_claim(tally, total, refused, limit, percent):
 * Add a batch of ${total} records, ${refused} of them refused, unless that takes the run past
 * ${limit}. The limit is a number, or with ${percent} a percentage, which counts from the 1000th
 * record on. Set ${total} and ${refused} to the sums in any case. A transaction that then fails
 * returns its share with tally_return(). Return true, or false when the limit would be passed:
 * nothing is then added.
 */
bool tally_claim(struct tally *tally, uint64_t *total, uint64_t *refused, uint64_t limit,
    bool percent);
void tally_return(struct tally *tally, uint64_t total, uint64_t refused);

/* Learn from a committed batch with these suspects; ${passed}: it had a row too. */
void tally_learn(struct tally *tally, const struct suspects *suspects, bool passed);

/* Return the number of suspects. Set ${proven} to whether a row of this run is in the table. */
struct suspects tally_suspects(struct tally *tally, bool *proven);

/* Count the faults of the server or the network that batches met. */
void tally_fault(struct tally *tally);
uint64_t tally_faults(struct tally *tally);

#endif
