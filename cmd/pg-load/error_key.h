#ifndef PG_LOAD_ERROR_KEY_H
#define PG_LOAD_ERROR_KEY_H

#include <stdbool.h>

#include "pg/key.h"
#include "row_batch.h"

/* The keys of the error table. */

/* The digest of a record without its "sqs". */
void error_key_content(const struct row_batch *batch, const struct item *item, struct pg_key *key);

/*
 * Under which a record is kept in the error table: its message's key, or else its content's; of
 * several records of one message, that of both.
 */
struct pg_key error_key_of(const struct row_batch *batch, const struct item *item);

/*
 * By which a corrected record is known again: the ledger key, unless that is the message's and the
 * record but one of several. Where --key found nothing the message has to do. False: there is none.
 */
bool error_key_return(const struct row_batch *batch, const struct item *item, struct pg_key *key);

#endif
