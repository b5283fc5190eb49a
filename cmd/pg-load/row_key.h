#ifndef PG_LOAD_ROW_KEY_H
#define PG_LOAD_ROW_KEY_H

#include "row_batch.h"
#include "row_reader.h"

/* The keys by which a record is known again. */

/*
 * row_key_message(view, item, base):
 * The key of the item's message, if the record names one; ${base}: where the view's text stands in
 * the batch's lines. 0, or -1: out of memory.
 */
int row_key_message(const struct view *view, struct item *item, size_t base);

enum row_key {
    ROW_KEY_SET,     /* or there is no --key, and no message either */
    ROW_KEY_MISSING, /* --key yields nothing, or not what the ledger's jq would make of it */
    ROW_KEY_NO_MEMORY
};

/* The item's key in the ledger, once its message's is set. */
enum row_key row_key_ledger(const struct view *view, struct item *item);

#endif
