#ifndef MASK_REFERENCE_H
#define MASK_REFERENCE_H

#include <stdbool.h>

#include "mask/compiled.h"

/*
 * The other value of a record that a method depends on (option by of shift). It is found, brought
 * to its unmasked form, and given to the method before each value of the rule.
 */
struct reference {
    struct buf value; /* a clear value, which never leaves this struct */
    struct buf masked;
    struct buf scratch;
};

void reference_init(struct reference *reference);
void reference_free(struct reference *reference); /* wipes */
void reference_shrink(struct reference *reference, size_t keep);

/*
 * reference_set(reference, compiled, rule, key, with, masked, text, matches):
 * Give the reference to the method of a rule; return TOKEN_OK immediately for methods without one.
 * ${key} is the number of the key of this record, ${with} that of the method's key. ${masked} says
 * whether the record, text with its matches, is masked. Return TOKEN_OK also for a record without
 * the value: the method then refuses. Otherwise return the result of mask/method_work.h.
 */
enum token_result reference_set(struct reference *reference, const struct compiled *compiled,
    const struct compiled_rule *rule, size_t key, size_t with, bool masked, const char *text,
    const struct json_matches *matches);

#endif
