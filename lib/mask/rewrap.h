#ifndef MASK_REWRAP_H
#define MASK_REWRAP_H

#include "mask/filter.h"
#include "mask/keyring.h"
#include "mask/policy.h"

/*
 * Moves masked records to the primary key. Reversible values and sealed errors are opened in memory
 * and masked again, and "pii" names the primary key. No clear value is ever written. Irreversible
 * values stay (an hmac token under its old key, too).
 *
 * A record with "pii" must be one that mask/mask.h would let pass; others it would mask or seal. A
 * record without "pii" counts as a row of a database. It must have a masked value, or null in its
 * place, and no clear one where the policy looks; near, detect and other judge it, too. A record
 * that cannot be moved becomes an error record of stage "mask", sealed as a whole under the primary
 * key. The codes are those of mask/mask.h, and token and unknown-key of mask/unmask.h. A sealed
 * error that cannot be opened stays, with that error added.
 *
 * FILTER_CHANGED: moved. FILTER_OPENED: an error record whose content is sealed with the primary
 * key. FILTER_PASSED: already on the primary key.
 */
struct rewrap;

/*
 * Make the work. ${policy} is finished; it and ${ring} must outlive it. Return NULL when memory
 * runs out or OpenSSL failed.
 */
struct rewrap *rewrap_new(const struct policy *policy, const struct keyring *ring);
void rewrap_free(struct rewrap *rewrap); /* wipes; NULL is fine */

/* Do the same as unmask_assume_key(), for records without "pii". */
void rewrap_assume_key(struct rewrap *rewrap, size_t key);

struct filter_work rewrap_work(struct rewrap *rewrap); /* for filter_run() */

#endif
