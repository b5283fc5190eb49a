#ifndef MASK_REPLACING_H
#define MASK_REPLACING_H

#include "json/splice.h"
#include "mask/compiled.h"
#include "mask/mapping.h"
#include "mask/reference.h"

/* The replacement of one value of a record by its rule, on the way through mask/mask.h. */
struct replacing {
    const struct compiled *compiled;
    const struct json_matches *matches; /* of the current record */
    struct mapping *mapping;            /* or NULL */
    size_t key;                         /* number of the key that masks */
    struct reference reference;
    struct buf scratch;
};

void replacing_init(struct replacing *replacing, const struct compiled *compiled,
    const struct json_matches *matches, size_t key);
void replacing_free(struct replacing *replacing); /* wipes; a zeroed one is fine, too */
void replacing_shrink(struct replacing *replacing, size_t keep);

/* Copy up to the value of ${match}, and append its new key and its masked value. Return TOKEN_OK;
 * TOKEN_MALFORMED when the method does not take the value; or TOKEN_FAILED. */
enum token_result replacing_value(struct replacing *replacing, const struct compiled_rule *rule,
    struct json_splice *splice, const struct json_match *match);

#endif
