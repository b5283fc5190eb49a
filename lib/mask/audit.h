#ifndef MASK_AUDIT_H
#define MASK_AUDIT_H

#include <stdint.h>

#include "mask/journal.h"
#include "mask/keyring.h"

/*
 * The audit file of pii-unmask(1): one line of JSON at the start of a run and one at its end. Both
 * have "at" (RFC 3339, UTC), "event" (start or end), "uid", "user" (null when unknown), "pid" and
 * "keys", the ids in the key file. The end also has "records", "values" by domain, "errors" and
 * "status". No value and no token is written.
 */
struct audit;

/*
 * Collect the members of both lines; ${journal} must outlive it. Return NULL when memory runs out.
 */
struct audit *audit_new(struct journal *journal, const struct keyring *ring);
void audit_free(struct audit *audit); /* NULL is fine */

int audit_start(struct audit *audit); /* Return 0, or -1 with errno. */

/*
 * Add a number of unmasked values to a domain, before audit_end(). Return 0, or -1 when memory runs
 * out.
 */
int audit_count(struct audit *audit, const char *domain, size_t length, uint64_t values);

/* Write the line of the end. Return 0, or -1 with errno. */
int audit_end(struct audit *audit, uint64_t records, uint64_t errors, int status);

#endif
