#ifndef MASK_METHOD_H
#define MASK_METHOD_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Methods: the ways to mask a value, as the policy sees them. The work itself is in
 * mask/method_work.h, which needs libcrypto; reading a policy does not. A new method needs a row in
 * the table of method.c and an entry in that of method_table.c. It also needs a file with its
 * functions and a paragraph in pii-policy(5).
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
    METHOD_REPLACE, /* replace the value, under another name if the policy gives one */
    METHOD_DROP,    /* remove the member */
    METHOD_KEEP     /* let the value pass */
};

enum method_text {
    METHOD_NO_TEXT,
    METHOD_TEXT_PATH,   /* the path of one value of the record */
    METHOD_TEXT_DOMAINS /* names of domains, separated by commas */
};

/*
 * An option of a rule. It is NAME=VALUE, or NAME alone where that means a value, or a word alone
 * that is a value. Its value is a number, METHOD_WORD and the index of a word, or a text. A rule
 * has at most one text.
 */
struct method_option {
    const char *name;
    const char *const *words; /* possible words, ending with NULL; NULL: no word */
    unsigned least, most;     /* range of numbers; most 0: no number */
    unsigned usual;           /* value when the option is absent */
    unsigned alone;           /* value of the name alone; 0: not allowed */
    bool needed;              /* the option is required */
    enum method_text text;
};

enum { METHOD_MAX_OPTIONS = 2, METHOD_WORD = 0x40000000 };

/* Bytes: the multiple for "pad" alone and for all sealed content. */
enum { METHOD_PAD_DEFAULT = 16 };

/* The value of an absent option that has no usual value. */
#define METHOD_UNSET UINT_MAX

/* Places of options: of siv and hmac (hmac has only the first), and of others. */
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
    bool keyed; /* it uses a key and a domain */
    bool reversible;
    bool needs_key_id;   /* unmask() cannot see the key in the value */
    bool needs_record;   /* it needs more than the value */
    const char *refuses; /* text about the values that mask() refuses; NULL: none */
    const char *warning; /* warning for each use, or NULL */
    size_t option_count;
    struct method_option options[METHOD_MAX_OPTIONS];
};

/* Return the method with this name, or NULL. */
const struct method *method_find(const char *name, size_t length);

/* Return the names of all methods, for messages: "siv, hmac, …". */
const char *method_names(void);

/* Return true when the text is the ${refuses} of a method. */
bool method_is_refusal(const char *text, size_t length);

enum method_option_result {
    METHOD_OPTION_OK,
    METHOD_OPTION_UNKNOWN, /* no such option */
    METHOD_OPTION_VALUE    /* not a value of the option */
};

/* Set all options of a method to their usual values. */
void method_set_defaults(const struct method *method, unsigned options[METHOD_MAX_OPTIONS]);

/*
 * Set one option from its text, with its place in *number. For an option that is a text, the value
 * is 1 and *value is the start of the text; a path is not checked here.
 */
enum method_option_result method_set(const struct method *method, const char *text, size_t length,
    unsigned options[METHOD_MAX_OPTIONS], size_t *number, size_t *value);

/* Return true when the word is an option of the method without "=". */
bool method_is_option(const struct method *method, const char *text, size_t length);

/* Append the options with their possible values, for messages: "v4=0..31, v6=0..127". */
void method_print_choices(const struct method *method, struct buf *out);

/* Append " NAME=VALUE" for each option with a value; ${text} is the value of the text option. */
void method_print(const struct method *method, const unsigned options[METHOD_MAX_OPTIONS],
    const char *text, struct buf *out);

#endif
