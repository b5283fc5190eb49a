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
 * The functions never see null and "", which stay as they are. ${scratch} is memory lent for the
 * call.
 */

enum method_action {
    METHOD_REPLACE, /* the value is replaced, under another name if the policy gives one */
    METHOD_DROP,    /* the member is removed */
    METHOD_KEEP     /* the value passes */
};

struct method {
    const char *name;
    enum method_action action;
    bool keyed; /* a key and a domain go into it */
    bool reversible;

    /* For METHOD_REPLACE: make what the other functions need, for one domain; NULL: no memory. */
    void *(*open)(const struct keyring *ring, const char *domain, size_t domain_length);
    void (*close)(void *state); /* wipes; NULL is fine */

    /* Append the masked value, JSON text. 0, or -1 when memory or the buffer is short. */
    int (*mask)(void *state, const struct token_value *value, struct buf *scratch, struct buf *out);

    /* Append the original value, JSON text; or nothing. NULL when not reversible. */
    enum token_result (*unmask)(void *state, const struct token_value *value, struct buf *scratch,
        struct buf *out);

    /* Whether the value is one that mask() made, as far as can be told. */
    bool (*made)(void *state, const struct token_value *value, struct buf *scratch);
};

/* The method of a name, or NULL. */
const struct method *method_find(const char *name, size_t length);

/* The names of all methods, for messages: "siv, hmac, …". */
const char *method_names(void);

#endif
