#ifndef MASK_CHECKS_H
#define MASK_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/scan.h"
#include "json/splice.h"
#include "mask/compiled.h"
#include "mask/refusal.h"
#include "mask/token.h"
#include "record/envelope.h"

/*
 * The checks of content that no rule matches (pii-policy(5)): "unmatched", "near" and "detect".
 * They run after a first look at the matches of the record.
 */
struct checks;

struct checks *checks_new(const struct compiled *compiled); /* NULL when memory runs out */
void checks_free(struct checks *checks);                    /* wipes; NULL is fine */

struct checks_record {
    const char *text;
    size_t length;
    const struct json_matches *matches;
    uint64_t serial; /* equals ${found} of the rules with a value in the record */
    size_t found;    /* number of hiding rules that found a value */
    bool near;       /* a match has the role COMPILED_NEAR */
    bool masked;     /* the record claims to be masked */
    bool failed;     /* the record carries an error and may match no rule */
};

struct checks_result {
    enum refusal refusal; /* the first of: key in another spelling, unmatched, personal value, key
                             elsewhere, detect; or REFUSAL_NONE */
    const char *path;     /* place of the refusal, a constant or a string of the policy, or NULL */
    bool redacts;         /* checks_redact() has pieces to replace */
    enum envelope_kind envelope; /* kind of envelope around an unmatched event */
};

/* Check a record. Return 0, or -1 when memory runs out. */
int checks_check(struct checks *checks, const struct checks_record *record,
    struct checks_result *result);

/* Do the same as personal_redact() (mask/personal.h), for the last checked record. Only after
 * checks_check() has set ${redacts}. */
void checks_redact(struct checks *checks, struct json_splice *splice, size_t offset);

/*
 * Judge the last checked record as written. Return TOKEN_MALFORMED when redacting made two keys of
 * one object equal, or TOKEN_FAILED when memory runs out.
 */
enum token_result checks_keys(struct checks *checks, const struct buf *written);

#endif
