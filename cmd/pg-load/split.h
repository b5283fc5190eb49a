#ifndef PG_LOAD_SPLIT_H
#define PG_LOAD_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "json/scan.h"
#include "record/record.h"
#include "row_batch.h"

/*
 * Records that another program has made of one message. They have the same message id and receipt
 * handle, other content, and no "part" (sqs2pg-record(5)). The verdict on one of them would delete
 * the message before the others are stored, and the ledger would call the others duplicates. So
 * they are refused with code "split", and quarantined.
 *
 * A run has one index of its last SPLIT_WINDOW records. It holds digests of 64 bits, in memory that
 * does not grow. Only the main thread calls these functions, in the order of the input.
 */
enum { SPLIT_WINDOW = 100000 };

struct split;

struct split *split_new(void); /* NULL: out of memory */
void split_free(struct split *split);

/*
 * split_delivery(matches, last, nodes, text, delivery):
 * Set a digest of message id and receipt handle of the record ${text}, scanned into ${matches}. It
 * is 0 when one of the two is missing, or when the record is a part, or sealed from a part.
 * ${last}: by node, 1 + index of its only match, or 0; NULL: search for them. Return 0, or -1 when
 * memory runs out.
 */
int split_delivery(const struct json_matches *matches, const uint32_t *last,
    const struct record_nodes *nodes, const char *text, uint64_t *delivery);

/*
 * split_note(split, batch):
 * Add the newest item of the batch to the index. If its content differs from that of an earlier
 * record of its delivery, refuse it, and those others in ${batch} too. Return 0, or -1 when memory
 * runs out.
 */
int split_note(struct split *split, struct row_batch *batch);

/* Prefetch the place of the delivery in the index, because it will be looked up soon. NULL is fine.
 * Any thread may call it, as it reads nothing. */
void split_prefetch(const struct split *split, uint64_t delivery);

/* Return true when the batch, not submitted yet, holds a record of the delivery. */
bool split_is_in(const struct split *split, const struct row_batch *batch, uint64_t delivery);

/* Learn from the verdicts of a committed batch which messages an earlier run had loaded. */
void split_learn(struct split *split, const struct row_batch *batch);

#endif
