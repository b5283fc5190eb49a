#ifndef MASK_POLICY_ERROR_H
#define MASK_POLICY_ERROR_H

#include <stddef.h>

#include "base/failure.h"

struct method;

/* Errors of a policy, and their places. */

enum { POLICY_WORD_SIZE = 48 };

enum policy_cause {
    POLICY_OK,
    POLICY_MEMORY,
    POLICY_OPEN,     /* errnum has the cause */
    POLICY_READ,     /* errnum has the cause */
    POLICY_KIND,     /* neither a regular file nor a pipe */
    POLICY_OWNER,    /* neither this user nor root owns it */
    POLICY_WRITABLE, /* its group or others may write the file */
    POLICY_TOO_BIG,  /* over POLICY_MAX_FILE */
    POLICY_TOO_MANY, /* over POLICY_MAX_RULES */
    POLICY_EMPTY,    /* it masks nothing, and would let everything pass */
    POLICY_UTF8,
    POLICY_CONTROL,       /* a control character other than tab */
    POLICY_QUOTE,         /* a string that is not closed, or is not a string */
    POLICY_WORD,          /* an unknown word */
    POLICY_MISSING_WORD,  /* the line ends too early */
    POLICY_PATH,          /* not a path */
    POLICY_ROOT,          /* not a path of keys, or a path into a reserved key */
    POLICY_ROOT_ITSELF,   /* a path that names the root */
    POLICY_NO_KEY,        /* a path whose first step is not a key: the root is an object */
    POLICY_METHOD,        /* unknown */
    POLICY_OPTION,        /* not an option of the method */
    POLICY_OPTION_VALUE,  /* not a value of the option */
    POLICY_OPTION_NEEDED, /* a required option is missing */
    POLICY_DISAGREE,      /* options that must agree between rules of one method and domain */
    POLICY_BY,            /* "by" names no single value, or one that cannot be restored */
    POLICY_NAMES_NOTHING, /* "as" with a method that writes nothing, or for a member aside */
    POLICY_NAMES_ELEMENT, /* "as" for an array element, which has no name */
    POLICY_DROPS_ELEMENT, /* drop of an array element */
    POLICY_NO_DOMAIN,     /* "in" with a method without a key */
    POLICY_RESERVED,      /* a reserved key of the record, with root "." or behind "record" */
    POLICY_NOT_BESIDE,    /* a path behind "record" into the root, or around it */
    POLICY_WHOLE,         /* a path into a member of envelope or fifo */
    POLICY_DETECT_KIND,   /* not a kind of personal value */
    POLICY_REPEATED,      /* a path or name of an earlier line */
    POLICY_OVERLAP,       /* a path inside another one, or around it */
    POLICY_KINDS,         /* a step that would be both an object and an array */
    POLICY_INDEX_BESIDE,  /* [N] that goes deeper beside [] */
    POLICY_INDEX_OTHER    /* [N] without [] and "other drop" */
};

struct policy_error {
    enum policy_cause cause;
    unsigned line;   /* in the text, from 1; 0: all of it */
    unsigned column; /* in bytes, from 1; 0: the whole line */
    int errnum;
    const struct method *method; /* of the rule when one of its options is wrong, or NULL */
    char word[POLICY_WORD_SIZE]; /* the word in question when it is a plain word, or "" */
};

/* A word of the text. Columns count from 1. */
struct policy_word {
    const char *text;
    size_t length;
    unsigned column;
};

/*
 * policy_error_set(error, cause, line, word):
 * Set ${error}, with the place and text of ${word} unless that is NULL. Return -1.
 */
int policy_error_set(struct policy_error *error, enum policy_cause cause, unsigned line,
    const struct policy_word *word);

/* Return the text of a cause, for a message that names the place. */
const char *policy_error_text(enum policy_cause cause);

/* Return the exit status for a cause. */
enum status policy_error_status(enum policy_cause cause);

/* Write "FILE:LINE:COLUMN: CAUSE: WORD" to ${failure}. Return -1. */
int policy_error_report(const struct policy_error *error, const char *file,
    struct failure *failure);

#endif
