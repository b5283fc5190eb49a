#ifndef PG_LOAD_ERROR_KEY_H
#define PG_LOAD_ERROR_KEY_H

#include <stdbool.h>

#include "pg/key.h"
#include "row_batch.h"

/* The keys of the error table. */

/* Compute the digest of a record without its "sqs". */
void error_key_content(const struct row_batch *batch, const struct item *item, struct pg_key *key);

/*
 * Return the key of a record in the error table: the key of its message, or else of its content.
 * For one of several records of one message it is the key of both.
 */
struct pg_key error_key_of(const struct row_batch *batch, const struct item *item);

/*
 * Set ${key} to the key by which a corrected record finds its error row. It is the ledger key,
 * unless that is the key of a message of several records. Without a ledger key the key of the
 * message serves. Return false when there is none.
 */
bool error_key_return(const struct row_batch *batch, const struct item *item, struct pg_key *key);

#endif
