#ifndef MASK_REWRAP_H
#define MASK_REWRAP_H

#include "mask/filter.h"
#include "mask/keyring.h"
#include "mask/policy.h"

/*
 * Moving masked records to the primary key: reversible values and sealed errors are opened in
 * memory and masked anew, and "pii" names the primary key. Nothing clear is ever written. Values of
 * methods that cannot be undone stay (an hmac token under its old key, too).
 *
 * A record with "pii" has to be one that mask/mask.h would let pass; others it would mask or seal.
 * A record without is taken for a row of a database: it has to have a masked value, and no clear
 * one where the policy looks. What cannot be moved becomes an error record of stage "mask", sealed
 * under the primary key as a whole: codes of mask/mask.h, and token and unknown-key as in
 * mask/unmask.h. A sealed error that cannot be opened stays, with that error added.
 *
 * FILTER_CHANGED: moved. FILTER_OPENED: an error record whose content is sealed with the primary
 * key. FILTER_PASSED: it was on the primary key already.
 */
struct rewrap;

/* ${policy} is finished; it and ${ring} must outlive it. NULL: out of memory, or OpenSSL failed. */
struct rewrap *rewrap_new(const struct policy *policy, const struct keyring *ring);
void rewrap_free(struct rewrap *rewrap); /* wipes; NULL is fine */

/* As unmask_assume_key(): for records without "pii". */
void rewrap_assume_key(struct rewrap *rewrap, size_t key);

struct filter_work rewrap_work(struct rewrap *rewrap); /* for filter_run() */

#endif
