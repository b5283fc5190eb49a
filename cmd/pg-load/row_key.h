#ifndef PG_LOAD_ROW_KEY_H
#define PG_LOAD_ROW_KEY_H

#include "row_batch.h"
#include "row_reader.h"

/* Compute the keys that identify a record when it comes again. */

/*
 * row_key_message(view, item, base):
 * Set the key of the message of an item, if the record names one. ${base}: where the text of the
 * view begins in the lines of the batch. Return 0, or -1 when memory runs out.
 */
int row_key_message(const struct view *view, struct item *item, size_t base);

enum row_key {
    ROW_KEY_SET,     /* or neither --key nor a message exists */
    ROW_KEY_MISSING, /* --key yields nothing, its filter would round a number, or the jq of the
                        ledger would give another key */
    ROW_KEY_NO_MEMORY
};

/* Set the ledger key of the item, after the key of its message. */
enum row_key row_key_ledger(const struct view *view, struct item *item);

#endif
