#ifndef PG_LOAD_KEY_DIGITS_H
#define PG_LOAD_KEY_DIGITS_H

#include "base/failure.h"
#include "options.h"
#include "target.h"

/*
 * A --key that goes through a filter of jq can change with the system's jq (json/jq.h), and a
 * record that was loaded before would be loaded again under the other key. So a ledger's comment
 * says what jq made its keys (pg/ledger_digits.h), and records of which this one makes others are
 * refused.
 */

/*
 * key_digits_look(target, options, failure):
 * The ledger is there, in the transaction begun: see by what jq its keys were made, let an empty
 * one say that they are of this, and set target->rounded_keys. One that says nothing is of 1.6, as
 * were all of sqs2pg 0.1.0. 0, or -1 with ${failure}: they are of a later one than this.
 */
int key_digits_look(struct target *target, const struct load_options *options,
    struct failure *failure);

#endif
