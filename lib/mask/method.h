#ifndef MASK_METHOD_H
#define MASK_METHOD_H

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
    METHOD_TRUNCATE,
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

/* An option of a rule, NAME=VALUE. */
struct method_option {
    const char *name;
    const char *const *words; /* what it can be, up to a NULL; its value is the index. NULL: */
    unsigned least, most;     /* a number */
    unsigned usual;           /* the value when it is not given */
};

enum { METHOD_MAX_OPTIONS = 2 };

struct method {
    const char *name;
    enum method_id id;
    enum method_action action;
    bool keyed; /* a key and a domain go into it */
    bool reversible;
    bool needs_key_id;   /* unmask() cannot see in the value which key it is of */
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
void method_usual(const struct method *method, unsigned options[METHOD_MAX_OPTIONS]);

/* Set one by its text, "NAME=VALUE"; *number is which. */
enum method_option_result method_set(const struct method *method, const char *text, size_t length,
    unsigned options[METHOD_MAX_OPTIONS], size_t *number);

/* Append " NAME=VALUE" for each option. */
void method_print(const struct method *method, const unsigned options[METHOD_MAX_OPTIONS],
    struct buf *out);

#endif
