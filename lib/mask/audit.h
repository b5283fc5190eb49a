#ifndef MASK_AUDIT_H
#define MASK_AUDIT_H

#include <stdint.h>

#include "mask/journal.h"
#include "mask/keyring.h"

/*
 * The audit file of pii-unmask(1): one line of JSON at the start of a run and one at its end, with
 * "at" (RFC 3339, UTC), "event" (start or end), "uid", "user" (null: nobody knows it), "pid" and
 * "keys", the ids in the key file; at the end also "records", "values" by domain, "errors" and
 * "status". No value, no token.
 */
struct audit;

/* Look up what both lines say; ${journal} outlives it. NULL: out of memory. */
struct audit *audit_new(struct journal *journal, const struct keyring *ring);
void audit_free(struct audit *audit); /* NULL is fine */

int audit_start(struct audit *audit); /* 0, or -1 with errno */

/* So many more values of a domain came back; before audit_end(). 0, or -1: out of memory. */
int audit_count(struct audit *audit, const char *domain, size_t length, uint64_t values);

/* 0, or -1 with errno. */
int audit_end(struct audit *audit, uint64_t records, uint64_t errors, int status);

#endif
