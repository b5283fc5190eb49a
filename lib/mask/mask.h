#ifndef MASK_MASK_H
#define MASK_MASK_H

#include <stdint.h>

#include "mask/filter.h"
#include "mask/keyring.h"
#include "mask/mapping.h"
#include "mask/policy.h"

/*
 * Masking of records, one a line (sqs2pg-record(5), pii-policy(5)). It fails closed: content that
 * the policy cannot look into, or does not allow, becomes an error record of stage "mask" with that
 * content sealed. Its codes:
 *
 *     syntax, utf8, surrogate, depth
 *                 the line is not JSON, or nested too deep
 *     not-object  the line is JSON, but not an object
 *     cut         the last line is not JSON and has no newline: only its sqs goes on
 *     too-long    the line is over --max-record: only its sqs goes on
 *     root        no value at the root, or one that is not an object
 *     kind        a step of a path meets a value of another kind
 *     missing     a required value is missing
 *     collision   the record has a key that the policy would write, or redacting made two
 *                 keys equal
 *     value       a value that its method does not take
 *     unmatched   no rule of the policy found a value
 *     near        a member has the key of a rule, in another spelling or elsewhere
 *     detect      a value is personal by its content, and no rule names it
 *     unnamed     a member that the policy does not name, under "other quarantine"
 *     mixed       the record claims to be masked and is not, or carries sealed without error
 *     too-large   the masked record would be more than twice as long as --max-record allows
 */
struct mask;

/*
 * Make a masker. ${policy} is finished; it and ${ring} must outlive it. Return NULL when memory
 * runs out or OpenSSL failed.
 */
struct mask *mask_new(const struct policy *policy, const struct keyring *ring);
void mask_free(struct mask *mask); /* wipes; NULL is fine */

/*
 * Take every record for a masked one, also without "pii". Let it pass with a value under its clear
 * name when the method cannot tell whether it is masked (ipcrypt, ff1). For callers who know that
 * the records are masked.
 */
void mask_trust_claims(struct mask *mask);

/* Report masked values to ${mapping}, which must outlive it. */
void mask_map(struct mask *mask, struct mapping *mapping);

/* Return the work for filter_run(). The buffer's maximum decides on too-large. */
struct filter_work mask_work(struct mask *mask);

enum { MASK_FIRST_RECORDS = 100 };

/* A notice while records come. Each rule, kind of envelope, and MASK_VERDICT is reported once, to
 * the function of mask_set_notice(). */
struct mask_notice {
    enum {
        MASK_UNMET,    /* a rule matched none of the first 100 records: its path */
        MASK_ENVELOPE, /* no rule matched, as the event is in an envelope: its kind */
        MASK_VERDICT   /* nothing to mask, as the lines are verdicts */
    } kind;
    const char *what;
    unsigned records; /* MASK_UNMET: the number of records */
};
typedef void mask_listener(void *context, const struct mask_notice *notice);
void mask_set_notice(struct mask *mask, mask_listener *tell, void *context);

/* Give MASK_UNMET at the end of a run of fewer than MASK_FIRST_RECORDS records, if some of them
 * were unmatched. */
void mask_tell_unmet(const struct mask *mask);

/* Return the number of records without a value at the root. */
uint64_t mask_rootless(const struct mask *mask);

/* Return the number of missing values over all masked records and rules. */
uint64_t mask_missing(const struct mask *mask);

/*
 * Give the number of missing values of each rule, by its path, in the policy's order. Give the
 * number of errors of each code, and "arrived" for those that other programs made, in a fixed
 * order. mask_each_code() also takes NULL for ${mask}: each count is then 0.
 */
typedef void mask_figure(void *context, const char *name, uint64_t count);
void mask_each_path(const struct mask *mask, mask_figure *take, void *context);
void mask_each_code(const struct mask *mask, mask_figure *take, void *context);

#endif
