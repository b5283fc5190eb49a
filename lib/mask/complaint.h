#ifndef MASK_COMPLAINT_H
#define MASK_COMPLAINT_H

#include <stdbool.h>
#include <stddef.h>

#include "mask/members.h"
#include "mask/policy.h"

/*
 * What an error record of stage "mask" says (mask/mask.h): a code and a detail, both of a fixed
 * stock, the detail with the path it is about in front. So that an error that arrives can be told
 * from one in which something else travels.
 */

enum complaint {
    COMPLAINT_NONE,
    COMPLAINT_SYNTAX,
    COMPLAINT_UTF8,
    COMPLAINT_SURROGATE,
    COMPLAINT_DEPTH,
    COMPLAINT_NOT_OBJECT,
    COMPLAINT_CUT,
    COMPLAINT_TOO_LONG,
    COMPLAINT_TOO_LARGE,
    COMPLAINT_ROOT_MISSING,
    COMPLAINT_ROOT_KIND,
    COMPLAINT_KIND,
    COMPLAINT_MISSING,
    COMPLAINT_COLLISION,
    COMPLAINT_UNNAMED,
    COMPLAINT_UNMATCHED,     /* no rule was met */
    COMPLAINT_NEAR_SPELLING, /* what the policy all but names (mask/near.h) */
    COMPLAINT_NEAR_VALUE,
    COMPLAINT_NEAR_ELSEWHERE,
    COMPLAINT_DETECT,        /* personal by its content */
    COMPLAINT_VALUE,         /* the method's own words for what it refuses */
    COMPLAINT_CLAIM,         /* pii is not ours */
    COMPLAINT_CLAIM_MEMBER,  /* a member that masking removes */
    COMPLAINT_CLAIM_VALUE,   /* a clear value */
    COMPLAINT_CLAIM_FORGED,  /* a value under a masked name that was not made by masking */
    COMPLAINT_CLAIM_SEALED,  /* sealed without error */
    COMPLAINT_ERROR_KIND,    /* an error that is no object */
    COMPLAINT_ERROR_CONTENT, /* an error that may hold content */
    COMPLAINT_UNMASKED,      /* of mask/rewrap.h: a record without pii that shows nothing masked, */
    COMPLAINT_CLEAR,         /* or something clear */
    COMPLAINT_UNTOLD,        /* or a value of which it cannot be told */
    COMPLAINT_TOKEN,         /* a value that cannot be moved */
    COMPLAINT_UNKNOWN_KEY,
    COMPLAINT_NO_KEY_ID,
    COMPLAINT_COUNT
};

const char *complaint_code(enum complaint complaint);
const char *complaint_detail(enum complaint complaint);

/*
 * complaint_about(path, says, detail):
 * A detail: "PATH: SAYS", made in ${detail}; or ${says} itself when ${path} is NULL, or too long.
 */
enum { COMPLAINT_DETAIL_SIZE = 240 };
const char *complaint_about(const char *path, const char *says, char detail[COMPLAINT_DETAIL_SIZE]);

/*
 * complaint_judge(policy, members, text, words):
 * Whether the errors of a scanned record can pass: an object of a stage and a code, each a word,
 * and perhaps a detail of ours, and nothing else. A word is a letter and up to 23 more, hyphens and
 * at most two digits. *words are those of the last error, NULL where there is none.
 */
struct complaint_words {
    const char *stage;
    size_t stage_length;
    const char *code;
    size_t code_length;
};
bool complaint_judge(const struct policy *policy, const struct members *members, const char *text,
    struct complaint_words *words);

#endif
