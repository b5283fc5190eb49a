#ifndef MASK_MASK_H
#define MASK_MASK_H

#include <stdint.h>

#include "mask/filter.h"
#include "mask/keyring.h"
#include "mask/policy.h"

/*
 * Masking one record a line (sqs2pg-record(5), pii-policy(5)). It fails closed: what the policy
 * cannot look into, or does not allow, becomes an error record of stage "mask" whose content is
 * sealed. Its codes:
 *
 *     syntax, utf8, surrogate, depth
 *                 the line is not JSON, or nested too deep
 *     not-object  the line is JSON, but no object
 *     cut         not JSON, the last line, and without its newline: nothing but its sqs goes on
 *     too-long    the line is over --max-record: nothing of it but sqs goes on
 *     root        no value at the root, or one that is no object
 *     kind        a step of a path meets a value of another kind
 *     missing     a required value is missing
 *     collision   the record has a key that the policy would write
 *     value       a value that its method does not take
 *     unnamed     a member that the policy does not name, under "other quarantine"
 *     mixed       the record claims to be masked and is not, or carries sealed without error
 *     too-large   masked, it would be more than twice as long as --max-record allows
 */
struct mask;

/* ${policy} is finished; it and ${ring} must outlive it. NULL: no memory, or OpenSSL failed. */
struct mask *mask_new(const struct policy *policy, const struct keyring *ring);
void mask_free(struct mask *mask); /* wipes; NULL is fine */

/*
 * Let a record with "pii" pass with a value under its clear name of which the method cannot tell
 * whether it is masked (ipcrypt, ff1). For who has been told that the records are masked.
 */
void mask_trust_claims(struct mask *mask);

/* For filter_run(). The buffer's maximum decides on too-large. */
struct filter_work mask_work(struct mask *mask);

/* How many values the policy masks were not there, in all records masked. */
uint64_t mask_missing(const struct mask *mask);

#endif
