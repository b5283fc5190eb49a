#ifndef MASK_UNMASK_H
#define MASK_UNMASK_H

#include <stdint.h>

#include "mask/filter.h"
#include "mask/keyring.h"
#include "mask/policy.h"

/*
 * Unmasking one record a line: what mask/mask.h did, undone, with the same policy.
 *
 * Values of reversible methods come back under their names with value and type as they were, and
 * "pii" goes; hmac and redact are left. ("pii" stays in a record in which nothing came back and
 * such a value is left: it is as masked as before.) A record that has nothing to undo passes.
 *
 * A record that carries an error is left alone but for "sealed", which is opened.
 *
 * What cannot be undone is never guessed: the record goes on as it came, still masked, with an
 * error of stage "unmask" (which holds the error it had as "cause"). Codes:
 *
 *     token        a value that is no token of this path's method and domain, or was changed
 *     unknown-key  a key that is not in the key file, or that nothing names
 *     collision    the original name is there beside the masked one, or a member beside one of the
 *                  same name that was sealed
 *     kind         a step of a path meets a value of another kind
 *     root         no value at the root, or one that is no object
 *     too-large    unmasked, it would be more than twice as long as --max-record allows
 *
 * and, sealed as mask/mask.h says, since nothing is known of what is in them: syntax, utf8,
 * surrogate, depth, not-object; cut and too-long, without the content.
 */
struct unmask;

/* ${policy} is finished; it and ${ring} must outlive it. NULL: out of memory, or OpenSSL failed. */
struct unmask *unmask_new(const struct policy *policy, const struct keyring *ring);
void unmask_free(struct unmask *unmask); /* wipes; NULL is fine */

/*
 * Take records without "pii" to be masked with the key of that number, where a method's values do
 * not say it themselves. Without it such values are errors.
 */
void unmask_assume_key(struct unmask *unmask, size_t key);

/* How many values of a rule of the policy came back, by its number. */
uint64_t unmask_values(const struct unmask *unmask, size_t rule);

/* For filter_run(). The buffer's maximum decides on too-large. */
struct filter_work unmask_work(struct unmask *unmask);

#endif
