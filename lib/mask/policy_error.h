#ifndef MASK_POLICY_ERROR_H
#define MASK_POLICY_ERROR_H

#include <stddef.h>

#include "base/failure.h"

/* What can be wrong with a policy, and where. */

enum { POLICY_WORD_SIZE = 48 };

enum policy_cause {
    POLICY_OK,
    POLICY_MEMORY,
    POLICY_OPEN,     /* errnum says */
    POLICY_READ,     /* errnum says */
    POLICY_KIND,     /* neither a regular file nor a pipe */
    POLICY_OWNER,    /* it belongs neither to this user nor to root */
    POLICY_WRITABLE, /* its group or others may write the file */
    POLICY_TOO_BIG,  /* over POLICY_MAX_FILE */
    POLICY_TOO_MANY, /* over POLICY_MAX_RULES */
    POLICY_EMPTY,    /* it names nothing, and would let everything pass */
    POLICY_UTF8,
    POLICY_CONTROL,       /* a control character that is no tab */
    POLICY_QUOTE,         /* a string that is not closed, or is none */
    POLICY_WORD,          /* a word that nothing is known of */
    POLICY_MISSING_WORD,  /* the line ends too early */
    POLICY_PATH,          /* not a path */
    POLICY_ROOT,          /* no path of keys, or one into a reserved key */
    POLICY_ROOT_ITSELF,   /* a path that names the root */
    POLICY_NO_KEY,        /* a path whose first step is no key: the root is an object */
    POLICY_METHOD,        /* unknown */
    POLICY_OPTION,        /* an option that the method has not */
    POLICY_OPTION_VALUE,  /* a value that the option cannot have */
    POLICY_OPTION_NEEDED, /* an option that the method needs is not given */
    POLICY_DISAGREE,      /* options that rules of one method and domain have to share */
    POLICY_BY,            /* what "by" names is no single value, or does not come back */
    POLICY_NAMES_NOTHING, /* "as" with a method that writes nothing, or for a member aside */
    POLICY_NAMES_ELEMENT, /* "as" for an array element, which has no name */
    POLICY_DROPS_ELEMENT, /* drop of an array element */
    POLICY_NO_DOMAIN,     /* "in" with a method without a key */
    POLICY_RESERVED,      /* a reserved key of the record, with root "." or behind "record" */
    POLICY_NOT_BESIDE,    /* behind "record" a path into the root, or around it */
    POLICY_DETECT_KIND,   /* no kind of personal value */
    POLICY_REPEATED,      /* a path or name that an earlier line has */
    POLICY_OVERLAP,       /* a path inside another one, or around it */
    POLICY_KINDS,         /* a step that would have to be an object and an array */
    POLICY_INDEX_BESIDE,  /* [N] that goes deeper beside [] */
    POLICY_INDEX_OTHER    /* [N] without [] and "other drop" */
};

struct policy_error {
    enum policy_cause cause;
    unsigned line;   /* of the text, 1 for the first; 0: all of it */
    unsigned column; /* in bytes, 1 for the first; 0: all of the line */
    int errnum;
    char word[POLICY_WORD_SIZE]; /* the word in question when it is a plain one, or "" */
};

/* A word of the text. Columns count from 1. */
struct policy_word {
    const char *text;
    size_t length;
    unsigned column;
};

/*
 * policy_error_set(error, cause, line, word):
 * Set ${error}; its place and word are those of ${word}, unless that is NULL. Return -1.
 */
int policy_error_set(struct policy_error *error, enum policy_cause cause, unsigned line,
    const struct policy_word *word);

/* What a cause means, in words for a message that names the place. */
const char *policy_error_text(enum policy_cause cause);

enum status policy_error_status(enum policy_cause cause);

/* "FILE:LINE:COLUMN: what is wrong: WORD" into ${failure}; returns -1. */
int policy_error_report(const struct policy_error *error, const char *file,
    struct failure *failure);

#endif
