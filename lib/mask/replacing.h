#ifndef MASK_REPLACING_H
#define MASK_REPLACING_H

#include "json/splice.h"
#include "mask/compiled.h"
#include "mask/mapping.h"
#include "mask/reference.h"

/* One value of a record replaced as its rule has it, on the way through mask/mask.h. */
struct replacing {
    const struct compiled *compiled;
    const struct json_matches *matches; /* of the record in hand */
    struct mapping *mapping;            /* or NULL */
    size_t key;                         /* the number of the one that masks */
    struct reference reference;
    struct buf scratch;
};

void replacing_init(struct replacing *replacing, const struct compiled *compiled,
    const struct json_matches *matches, size_t key);
void replacing_free(struct replacing *replacing); /* wipes; of a zeroed one too */
void replacing_shrink(struct replacing *replacing, size_t keep);

/* Copy up to the value of ${match}, and append its new key and what it becomes. */
enum token_result replacing_value(struct replacing *replacing, const struct compiled_rule *rule,
    struct json_splice *splice, const struct json_match *match);

#endif
