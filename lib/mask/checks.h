#ifndef MASK_CHECKS_H
#define MASK_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/scan.h"
#include "json/splice.h"
#include "mask/compiled.h"
#include "mask/refusal.h"
#include "record/envelope.h"

/*
 * What a policy did not meet in a record (pii-policy(5)): "unmatched", "near" and "detect", judged
 * when the record's matches have been looked at once.
 */
struct checks;

struct checks *checks_new(const struct compiled *compiled); /* NULL: out of memory */
void checks_free(struct checks *checks);                    /* wipes; NULL is fine */

struct checks_record {
    const char *text;
    size_t length;
    const struct json_matches *matches;
    uint64_t serial; /* in ${found} of the rules that have a value in it */
    size_t found;    /* how many rules that hide values have found one */
    bool near;       /* there is a match of role COMPILED_NEAR */
    bool masked;     /* it says that it has been masked */
    bool failed;     /* it carries an error: nothing has to be found in it */
};

struct checks_result {
    enum refusal refusal;        /* the gravest, or REFUSAL_NONE */
    const char *path;            /* what it is about, of a fixed stock or the policy's, or NULL */
    bool redacts;                /* checks_redact() has pieces to replace */
    enum envelope_kind envelope; /* around an event that no rule was met in */
};

/* 0, or -1: out of memory. */
int checks_check(struct checks *checks, const struct checks_record *record,
    struct checks_result *result);

/* As personal_redact() (mask/personal.h), of the record judged last. */
void checks_redact(struct checks *checks, struct json_splice *splice, size_t offset);

#endif
