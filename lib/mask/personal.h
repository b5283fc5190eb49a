#ifndef MASK_PERSONAL_H
#define MASK_PERSONAL_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/detect.h"
#include "json/scan.h"
#include "json/splice.h"
#include "mask/compiled.h"
#include "mask/token.h"

/*
 * Personal values by their content (pii-policy(5), "detect"), in strings and keys that no rule
 * names. "sqs" and removed members are excluded.
 */
struct personal;

struct personal *personal_new(const struct compiled *compiled); /* NULL when memory runs out */
void personal_free(struct personal *personal);                  /* wipes; NULL is fine */

enum personal_result {
    PERSONAL_NOTHING,
    PERSONAL_REDACT, /* pieces to replace are noted */
    PERSONAL_SEAL,   /* *kind was found, which seals the record */
    PERSONAL_FAILED  /* out of memory */
};

/*
 * Search a scanned record, and note the pieces for personal_redact(). Set *kind with PERSONAL_SEAL.
 */
enum personal_result personal_check(struct personal *personal, const char *text, size_t length,
    const struct json_matches *matches, enum detect_kind *kind);

/*
 * personal_redact(personal, splice, offset):
 * Copy up to ${offset} at most, and replace the noted pieces that begin before it with "[KIND]".
 */
void personal_redact(struct personal *personal, struct json_splice *splice, size_t offset);

/* Do the same as checks_keys() (mask/checks.h). */
enum token_result personal_keys(struct personal *personal, const char *text, size_t length);

#endif
