#ifndef PG_LOAD_SPLIT_H
#define PG_LOAD_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "json/scan.h"
#include "record/record.h"
#include "row_batch.h"

/*
 * Records that another program has made of one message: the same message id and receipt handle,
 * other content, and no "part" (sqs2pg-record(5)). The verdict on one of them would delete the
 * message before the others are stored, and the ledger would call the others duplicates. So they
 * are refused with code "split", and kept in the error table.
 *
 * A run has one index of its last SPLIT_WINDOW records. It holds digests of 64 bits, in memory that
 * does not grow. All calls are the main thread's, and in the order of the input.
 */
enum { SPLIT_WINDOW = 100000 };

struct split;

struct split *split_new(void); /* NULL: out of memory */
void split_free(struct split *split);

/*
 * split_delivery(matches, last, nodes, text, delivery):
 * A digest of message id and receipt handle of the record ${text}, of which ${matches} tells; 0
 * when one of the two is missing, or the record is a part, or sealed from a part. ${last}: by node,
 * 1 + index of its only match, or 0; NULL: they are to be looked for. 0, or -1: out of memory.
 */
int split_delivery(const struct json_matches *matches, const uint32_t *last,
    const struct record_nodes *nodes, const char *text, uint64_t *delivery);

/*
 * split_note(split, batch):
 * Take the batch's newest item into the index. If it has other content than one of its delivery
 * before, refuse it, and those others that are in ${batch} too. 0, or -1: out of memory.
 */
int split_note(struct split *split, struct row_batch *batch);

/* The item's delivery will be looked for soon: have its place in the index brought near. NULL is
 * fine. Of any thread, as nothing is read by it. */
void split_prefetch(const struct split *split, uint64_t delivery);

/* Whether the batch, not given away yet, holds a record of the delivery. */
bool split_is_in(const struct split *split, const struct row_batch *batch, uint64_t delivery);

/* Learn from the verdicts of a committed batch which messages an earlier run had loaded. */
void split_learn(struct split *split, const struct row_batch *batch);

#endif
