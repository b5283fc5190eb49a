#ifndef MASK_REFUSAL_H
#define MASK_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#include "mask/members.h"
#include "mask/policy.h"

/*
 * The content of an error record of stage "mask" (mask/mask.h): a code and a detail, both of a
 * fixed list. The detail may begin with its path. So an arriving error of ours differs from one
 * that carries other content. Never change a detail: stored error records have it.
 */

enum refusal {
    REFUSAL_NONE,
    REFUSAL_SYNTAX,
    REFUSAL_UTF8,
    REFUSAL_SURROGATE,
    REFUSAL_DEPTH,
    REFUSAL_NOT_OBJECT,
    REFUSAL_CUT,
    REFUSAL_TOO_LONG,
    REFUSAL_TOO_LARGE,
    REFUSAL_ROOT_MISSING,
    REFUSAL_ROOT_KIND,
    REFUSAL_KIND,
    REFUSAL_MISSING,
    REFUSAL_COLLISION,
    REFUSAL_COLLISION_KEYS,
    REFUSAL_UNNAMED,
    REFUSAL_UNMATCHED,     /* no rule matched */
    REFUSAL_NEAR_SPELLING, /* members close to a rule (mask/near.h) */
    REFUSAL_NEAR_VALUE,
    REFUSAL_NEAR_ELSEWHERE,
    REFUSAL_DETECT,        /* personal by its content */
    REFUSAL_VALUE,         /* the method's own text for refused values */
    REFUSAL_CLAIM,         /* pii is not ours */
    REFUSAL_CLAIM_MEMBER,  /* a member that masking removes */
    REFUSAL_CLAIM_VALUE,   /* a clear value */
    REFUSAL_CLAIM_FORGED,  /* a clear value under a masked name */
    REFUSAL_CLAIM_SEALED,  /* sealed without error */
    REFUSAL_ERROR_KIND,    /* an error that is not an object */
    REFUSAL_ERROR_CONTENT, /* an error that may hold content */
    REFUSAL_UNMASKED,      /* of mask/rewrap.h: a record without pii and without a masked value */
    REFUSAL_CLEAR,         /* of mask/rewrap.h: a record without pii and with a clear value */
    REFUSAL_UNCLEAR, /* of mask/rewrap.h: a record without pii and with a value that may be clear or
                       masked */
    REFUSAL_TOKEN,   /* a value that cannot be moved */
    REFUSAL_UNKNOWN_KEY,
    REFUSAL_NO_KEY_ID,
    REFUSAL_COUNT
};

const char *refusal_code(enum refusal refusal);
const char *refusal_detail(enum refusal refusal);

/*
 * refusal_detail_at(path, says, detail):
 * Return the detail "PATH: SAYS", made in ${detail}; or ${says} itself when ${path} is NULL, or too
 * long.
 */
enum { REFUSAL_DETAIL_SIZE = 240 };
const char *refusal_detail_at(const char *path, const char *says, char detail[REFUSAL_DETAIL_SIZE]);

/*
 * refusal_is_known(policy, members, text, names):
 * Return true when the errors of a scanned record may pass. Such an error is an object of a stage
 * and a code, each a word, perhaps a detail of ours, and nothing else. A word is a letter and up to
 * 23 more letters, hyphens and at most two digits. *names are those of the last error, NULL where
 * there is none.
 */
struct refusal_names {
    const char *stage;
    size_t stage_length;
    const char *code;
    size_t code_length;
};
bool refusal_is_known(const struct policy *policy, const struct members *members, const char *text,
    struct refusal_names *names);

#endif
