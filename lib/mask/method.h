#ifndef MASK_METHOD_H
#define MASK_METHOD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "mask/keyring.h"
#include "mask/token.h"

/*
 * Methods: what a policy can have done with a value. A new one is a file with its row, an entry in
 * the table of method.c and a paragraph in pii-policy(5).
 *
 * The functions never see null and "", which stay as they are. ${key} is the number of a key in
 * the ring; methods without a key do not look at it. ${scratch} is memory lent for the call.
 */

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

/* What open() gets: all outlives the state that it makes. */
struct method_use {
    const struct keyring *ring;
    const char *domain;
    size_t domain_length;
    const unsigned *options; /* in the order of the method's */
};

struct method {
    const char *name;
    enum method_action action;
    bool keyed; /* a key and a domain go into it */
    bool reversible;
    bool needs_key_id;   /* unmask() cannot see in the value which key it is of */
    const char *refuses; /* what mask() refuses, in words for people; NULL: nothing */
    const char *warning; /* what has to be said whenever it is used, or NULL */
    size_t option_count;
    struct method_option options[METHOD_MAX_OPTIONS];

    /* For METHOD_REPLACE: make what the other functions need, for one domain; NULL: no memory. */
    void *(*open)(const struct method_use *use);
    void (*close)(void *state); /* wipes; NULL is fine */

    /*
     * Append the masked value, JSON text. TOKEN_MALFORMED: the value is not one that the method
     * takes; TOKEN_FAILED: memory or the buffer is short, or OpenSSL failed.
     */
    enum token_result (*mask)(void *state, size_t key, const struct token_value *value,
        struct buf *scratch, struct buf *out);

    /*
     * Append the original value, JSON text; or nothing. NULL when not reversible. ${key} counts for
     * methods with ${needs_key_id}: KEYRING_NONE is TOKEN_NO_KEY_ID with them.
     */
    enum token_result (*unmask)(void *state, size_t key, const struct token_value *value,
        struct buf *scratch, struct buf *out);

    /*
     * Whether the value is one that mask() made, or could have been, by its shape. NULL: a masked
     * value looks like a clear one.
     */
    bool (*made)(void *state, const struct token_value *value, struct buf *scratch);
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
