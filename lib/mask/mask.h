#ifndef MASK_MASK_H
#define MASK_MASK_H

#include <stdint.h>

#include "mask/filter.h"
#include "mask/keyring.h"
#include "mask/mapping.h"
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
 *     unmatched   no rule of the policy found a value
 *     near        a member has the key of a rule, spelt in another way or standing elsewhere
 *     detect      a value is personal by its content, and no rule names it
 *     unnamed     a member that the policy does not name, under "other quarantine"
 *     mixed       the record claims to be masked and is not, or carries sealed without error
 *     too-large   masked, it would be more than twice as long as --max-record allows
 */
struct mask;

/* ${policy} is finished; it and ${ring} must outlive it. NULL: out of memory, or OpenSSL failed. */
struct mask *mask_new(const struct policy *policy, const struct keyring *ring);
void mask_free(struct mask *mask); /* wipes; NULL is fine */

/*
 * Let a record with "pii" pass with a value under its clear name of which the method cannot tell
 * whether it is masked (ipcrypt, ff1). For who has been told that the records are masked.
 */
void mask_trust_claims(struct mask *mask);

/* Have ${mapping}, which outlives it, told of what is masked. */
void mask_map(struct mask *mask, struct mapping *mapping);

/* For filter_run(). The buffer's maximum decides on too-large. */
struct filter_work mask_work(struct mask *mask);

enum { MASK_FIRST_RECORDS = 100 };

/* What is worth a word while records come, each once. */
struct mask_notice {
    enum {
        MASK_UNMET,    /* a rule has met nothing in the first 100 records: its path */
        MASK_ENVELOPE, /* no rule was met, as the event is in an envelope: its kind */
        MASK_VERDICT   /* there is nothing to mask, as the lines are verdicts */
    } kind;
    const char *what;
    unsigned records; /* MASK_UNMET: how many they were */
};
typedef void mask_listener(void *context, const struct mask_notice *notice);
void mask_set_notice(struct mask *mask, mask_listener *tell, void *context);

/* At the end of a run of fewer: MASK_UNMET of its records, if no rule was met in some of them. */
void mask_tell_unmet(const struct mask *mask);

/* How many records had no value at the root. */
uint64_t mask_rootless(const struct mask *mask);

/* How many values the policy masks were not there, in all records masked. */
uint64_t mask_missing(const struct mask *mask);

/*
 * Hand over how often the value of each rule was not there, by its path, in the policy's order; and
 * how many errors had each code, "arrived" for those that came as such, in an order that stays. Of
 * ${mask} NULL there are no errors.
 */
typedef void mask_figure(void *context, const char *name, uint64_t count);
void mask_each_path(const struct mask *mask, mask_figure *take, void *context);
void mask_each_code(const struct mask *mask, mask_figure *take, void *context);

#endif
