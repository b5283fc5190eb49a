#ifndef MASK_METHOD_H
#define MASK_METHOD_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Methods: what a policy can have done with a value, as the policy sees it. What is done is in
 * mask/method_work.h, which needs libcrypto; reading a policy does not. A new method is a row in
 * the table of method.c, a file with its functions, an entry in the table of method_work.c and a
 * paragraph in pii-policy(5).
 */

enum method_id {
    METHOD_SIV,
    METHOD_HMAC,
    METHOD_IPCRYPT,
    METHOD_IPCRYPT_PFX,
    METHOD_FF1,
    METHOD_UUID,
    METHOD_EMAIL,
    METHOD_TRUNCATE,
    METHOD_ROUND,
    METHOD_SHIFT,
    METHOD_PARTIAL,
    METHOD_REDACT,
    METHOD_SHA256,
    METHOD_DROPPED,
    METHOD_KEPT,
    METHOD_IDS
};

enum method_action {
    METHOD_REPLACE, /* the value is replaced, under another name if the policy gives one */
    METHOD_DROP,    /* the member is removed */
    METHOD_KEEP     /* the value passes */
};

enum method_text {
    METHOD_NO_TEXT,
    METHOD_TEXT_PATH,   /* the path of one value of the record */
    METHOD_TEXT_DOMAINS /* names of domains, separated by commas */
};

/*
 * An option of a rule: NAME=VALUE; or NAME alone, where that means a value; or a word alone that
 * is a value. Its value is a number, METHOD_WORD and the index of a word, or a text, which a rule
 * has one of at most.
 */
struct method_option {
    const char *name;
    const char *const *words; /* what it can be, up to a NULL; NULL: no word */
    unsigned least, most;     /* of numbers; most 0: no number */
    unsigned usual;           /* when it is not given */
    unsigned alone;           /* when its name stands alone; 0: it cannot */
    bool needed;              /* it has to be given */
    enum method_text text;
};

enum { METHOD_MAX_OPTIONS = 2, METHOD_WORD = 0x40000000 };

/* What "pad" alone fills a multiple of, and what is sealed always does. Bytes. */
enum { METHOD_PAD_DEFAULT = 16 };

/* The value of an option that was not given and has no usual value. */
#define METHOD_UNSET UINT_MAX

/* Options by their places: of siv and hmac, of which hmac has the first only; and of others. */
enum { METHOD_CANONICAL, METHOD_PAD };
enum { METHOD_ALPHABET, METHOD_KEPT_NUMERALS };
enum { METHOD_V4, METHOD_V6 };
enum { METHOD_DAYS, METHOD_BY };

/* The words of "canonical", "alphabet" and "unit". */
enum { METHOD_IP = METHOD_WORD, METHOD_LOWER, METHOD_TRIM };
enum { METHOD_DIGITS = METHOD_WORD, METHOD_HEX, METHOD_ALNUM36, METHOD_ALNUM62 };
enum { METHOD_DAY = METHOD_WORD, METHOD_MONTH, METHOD_YEAR };

struct method {
    const char *name;
    enum method_id id;
    enum method_action action;
    bool keyed; /* a key and a domain go into it */
    bool reversible;
    bool needs_key_id;   /* unmask() cannot see in the value which key it is of */
    bool needs_record;   /* a value alone is not enough */
    const char *refuses; /* what mask() refuses, in words for people; NULL: nothing */
    const char *warning; /* what has to be said whenever it is used, or NULL */
    size_t option_count;
    struct method_option options[METHOD_MAX_OPTIONS];
};

/* The method of a name, or NULL. */
const struct method *method_find(const char *name, size_t length);

/* The names of all methods, for messages: "siv, hmac, …". */
const char *method_names(void);

/* Whether the text is the ${refuses} of a method. */
bool method_is_refusal(const char *text, size_t length);

enum method_option_result {
    METHOD_OPTION_OK,
    METHOD_OPTION_UNKNOWN, /* no such option */
    METHOD_OPTION_VALUE    /* not one of its values */
};

/* Set all of a method's options to their usual values. */
void method_set_defaults(const struct method *method, unsigned options[METHOD_MAX_OPTIONS]);

/*
 * Set one by its text; *number is which. Of one that is a text the value is 1, and *value where it
 * begins; a path is not judged here.
 */
enum method_option_result method_set(const struct method *method, const char *text, size_t length,
    unsigned options[METHOD_MAX_OPTIONS], size_t *number, size_t *value);

/* Whether the word is an option of the method without "=". */
bool method_is_option(const struct method *method, const char *text, size_t length);

/* Append " NAME=VALUE" for each option that has a value; ${text} is that of a text. */
void method_print(const struct method *method, const unsigned options[METHOD_MAX_OPTIONS],
    const char *text, struct buf *out);

#endif
