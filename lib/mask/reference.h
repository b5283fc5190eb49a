#ifndef MASK_REFERENCE_H
#define MASK_REFERENCE_H

#include <stdbool.h>

#include "mask/compiled.h"

/*
 * The other value of a record that a method goes by (option by of shift): found, brought back to
 * what unmasking gives, and handed to the method, before each value of the rule.
 */
struct reference {
    struct buf value; /* a clear one: never leaves this */
    struct buf masked;
    struct buf scratch;
};

void reference_init(struct reference *reference);
void reference_free(struct reference *reference); /* wipes */
void reference_shrink(struct reference *reference, size_t keep);

/*
 * reference_set(reference, compiled, rule, key, with, masked, text, matches):
 * For a rule whose method goes by something; of others it is TOKEN_OK at once. ${key} is the number
 * of the key of this record, ${with} that of the key by which the method works; ${masked} says
 * whether the record, text with its matches, is masked. A
 * record without the value is TOKEN_OK too: the method refuses. Otherwise as in mask/method_work.h.
 */
enum token_result reference_set(struct reference *reference, const struct compiled *compiled,
    const struct compiled_rule *rule, size_t key, size_t with, bool masked, const char *text,
    const struct json_matches *matches);

#endif
