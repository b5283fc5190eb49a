#ifndef MASK_METHOD_WORK_H
#define MASK_METHOD_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "mask/keyring.h"
#include "mask/method.h"
#include "mask/token.h"

/*
 * What the methods of mask/method.h do with a value.
 *
 * The functions never see null and "", which stay as they are. ${key} is the number of a key in
 * the ring; methods without a key do not look at it. ${scratch} is memory lent for the call.
 */

/* What open() gets: all outlives the state that it makes. */
struct method_use {
    const struct keyring *ring;
    const char *domain;
    size_t domain_length;
    const unsigned *options; /* in the order of the method's */
    const char *text;        /* of the option that is a text, or NULL */
};

struct method_work {
    /* Make what the other functions need, for one domain; NULL: out of memory. */
    void *(*open)(const struct method_use *use);
    void (*close)(void *state); /* wipes; NULL is fine */

    /*
     * Take the other value of the record that the next value goes by, as it is in clear; NULL:
     * there is none, or it is null or "". For methods with ${needs_record}, NULL with the others.
     */
    enum token_result (
        *go_by)(void *state, size_t key, const struct token_value *by, struct buf *scratch);

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

#endif
