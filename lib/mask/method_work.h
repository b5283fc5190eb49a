#ifndef MASK_METHOD_WORK_H
#define MASK_METHOD_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "mask/keyring.h"
#include "mask/method.h"
#include "mask/token.h"

/*
 * The work of the methods of mask/method.h on a value.
 *
 * The functions never get null or "", which stay unchanged. ${key} is the number of a key in the
 * ring; methods without a key ignore it. A call may use ${scratch} as memory.
 */

/* The arguments of open(); all must outlive the state. */
struct method_use {
    const struct keyring *ring;
    const char *domain;
    size_t domain_length;
    const unsigned *options; /* in the order of the method's */
    const char *text;        /* value of the text option, or NULL */
};

struct method_work {
    /* Make the state of the other functions, for one domain. Return NULL when memory runs out or
     * OpenSSL failed. */
    void *(*open)(const struct method_use *use);
    void (*close)(void *state); /* wipes; NULL is fine */

    /*
     * Take the other value of the record that decides about the next value, in clear; NULL when it
     * is missing, null or "". For methods with ${needs_record}, NULL in the others.
     */
    enum token_result (
        *go_by)(void *state, size_t key, const struct token_value *by, struct buf *scratch);

    /*
     * Append the masked value, JSON text. Return TOKEN_MALFORMED when the method does not take the
     * value; TOKEN_FAILED when memory or the buffer runs out, or OpenSSL failed.
     */
    enum token_result (*mask)(void *state, size_t key, const struct token_value *value,
        struct buf *scratch, struct buf *out);

    /*
     * Append the original value, JSON text, or nothing. NULL when not reversible. ${key} counts for
     * methods with ${needs_key_id}. For KEYRING_NONE they write nothing and return TOKEN_NO_KEY_ID,
     * or TOKEN_MALFORMED for a value that mask() never makes.
     */
    enum token_result (*unmask)(void *state, size_t key, const struct token_value *value,
        struct buf *scratch, struct buf *out);

    /*
     * Return true when mask() made the value, or could have by its shape. NULL when masked values
     * look like clear ones.
     */
    bool (*made)(void *state, const struct token_value *value, struct buf *scratch);
};

#endif
