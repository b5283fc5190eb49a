#ifndef MASK_UNMASK_H
#define MASK_UNMASK_H

#include <stdint.h>

#include "mask/filter.h"
#include "mask/keyring.h"
#include "mask/policy.h"

/*
 * Unmasking of records, one a line: it undoes mask/mask.h with the same policy.
 *
 * Values of reversible methods get their names, values and types back, and "pii" is removed; hmac
 * and redact stay. "pii" also stays in a record without an unmasked value but with an irreversible
 * one: it is as masked as before. So it does where no rule matches, but some string looks like a
 * token. A record with nothing to undo passes.
 *
 * A record that carries an error passes unchanged except for "sealed", which is opened.
 *
 * Unmasking never guesses. A record that cannot be undone passes unchanged, still masked, with an
 * error of stage "unmask", which holds an earlier error as "cause". Codes:
 *
 *     token        a value that is not a token of this path's method and domain, or was changed
 *     unknown-key  a key that is not in the key file, or that nothing names
 *     collision    the original name exists beside the masked one, or a member beside a sealed one
 *                  of the same name
 *     kind         a step of a path meets a value of another kind
 *     root         no value at the root, or one that is not an object
 *     too-large    the unmasked record would be more than twice as long as --max-record allows
 *
 * and, sealed as in mask/mask.h because their content is unknown: syntax, utf8, surrogate, depth,
 * not-object; cut and too-long, without the content.
 */
struct unmask;

/*
 * Make the work. ${policy} is finished; it and ${ring} must outlive it. Return NULL when memory
 * runs out or OpenSSL failed.
 */
struct unmask *unmask_new(const struct policy *policy, const struct keyring *ring);
void unmask_free(struct unmask *unmask); /* wipes; NULL is fine */

/*
 * Assume this key for records without "pii" where a method's values do not name theirs. Without
 * this call such values are errors.
 */
void unmask_assume_key(struct unmask *unmask, size_t key);

/* Return the number of unmasked values of a rule of the policy. */
uint64_t unmask_values(const struct unmask *unmask, size_t rule);

/* Return the number of records that passed because no rule matched, though tokens remain. */
uint64_t unmask_left(const struct unmask *unmask);

/* Return the work for filter_run(). The buffer's maximum decides on too-large. */
struct filter_work unmask_work(struct unmask *unmask);

#endif
