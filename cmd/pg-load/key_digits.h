#ifndef PG_LOAD_KEY_DIGITS_H
#define PG_LOAD_KEY_DIGITS_H

#include "base/failure.h"
#include "options.h"
#include "target.h"

/*
 * A --key with a jq filter can change with the system's jq (json/jq.h). A record that was loaded
 * before would then be loaded again under the other key. So the comment of a ledger names the jq
 * that made its keys (pg/ledger_digits.h). Records whose key differs under the current jq are
 * refused.
 */

/*
 * key_digits_look(target, options, failure):
 * Find out which jq made the keys of the ledger, within the current transaction, and set
 * target->rounded_keys. Mark an empty ledger as made by this jq. A ledger without a mark is of jq
 * 1.6, as all of sqs2pg 0.1.0. Return 0, or -1 with ${failure}: a later jq made its keys, the
 * ledger cannot be read, or out of memory.
 */
int key_digits_look(struct target *target, const struct load_options *options,
    struct failure *failure);

#endif
