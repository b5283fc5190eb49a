#ifndef MASK_TOKEN_H
#define MASK_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "json/scan.h"
#include "mask/keyring.h"

/*
 * Tokens: "TAG.KEYID.BASE64URL". TAG is the method and its version ("siv1", "hmac1", "seal1").
 * BASE64URL is unpadded and canonical (RFC 4648 §5): bytes have one spelling. A plaintext is a
 * value with a type byte in front:
 *
 *     s  the value was a JSON string; its decoded text follows, UTF-8
 *     j  it was anything else; its JSON text follows as spelt
 *
 * so that "4" and 4 differ. The type byte is upper case where the value is padded: a byte 0x80 and
 * zeroes follow it up to a multiple of some number of bytes.
 */

enum { TOKEN_TAG_MAX = 8, TOKEN_HEAD_MAX = TOKEN_TAG_MAX + 1 + KEYRING_ID + 1 };

/* "TAG.KEYID.", computed once. */
struct token_head {
    char text[TOKEN_HEAD_MAX + 1];
    size_t length;
};

/* Set ${head} to "TAG.KEYID.". */
void token_head_set(struct token_head *head, const char *tag, const char *id);

/* A value from json_scan(): its JSON text, with the quotes of a string. */
struct token_value {
    const char *text;
    size_t length;
    enum json_kind kind;
    bool plain; /* a string without escapes */
};

static inline struct token_value token_value_of(const char *text, const struct json_match *match)
{
    return (struct token_value){ text + match->value, match->end - match->value,
        (enum json_kind)match->kind, match->plain != 0 };
}

/* Return true for null and "", which are never masked. */
static inline bool token_is_nothing(const struct json_match *match)
{
    return match->kind == JSON_NULL ||
        (match->kind == JSON_STRING && match->end - match->value == 2);
}

/*
 * token_plain(value, room, scratch):
 * Clear ${scratch}, then put ${room} undefined bytes, the type byte and the value into it. Return
 * 0, or -1 when it is full.
 */
int token_plain(const struct token_value *value, size_t room, struct buf *scratch);

/*
 * Pad the plaintext whose type byte is at ${at} to a multiple of ${multiple} bytes, not counting
 * the type byte. Return 0, or -1 when ${plain} is full.
 */
int token_pad(struct buf *plain, size_t at, size_t multiple);

/* Remove padding, if there is any. Return false when it is malformed. */
bool token_unpad(struct buf *plain, size_t at);

/*
 * Append the head and the bytes as a quoted JSON string. Return 0, or -1 when the buffer is full.
 */
int token_write(struct buf *out, const struct token_head *head, const void *bytes, size_t length);

enum token_result {
    TOKEN_OK,
    TOKEN_MALFORMED,   /* another tag, another spelling, changed, or from another place */
    TOKEN_UNKNOWN_KEY, /* its key id is not in the key ring */
    TOKEN_NO_KEY_ID,   /* neither the value nor anything else names its key */
    TOKEN_FAILED       /* out of memory, a full buffer, or OpenSSL failed */
};

/*
 * token_read(value, tag, ring, bytes, key):
 * Take the string ${value} apart: clear ${bytes} and put its bytes there; *key is the number of its
 * key. TOKEN_OK does not authenticate the token.
 */
enum token_result token_read(const struct token_value *value, const char *tag,
    const struct keyring *ring, struct buf *bytes, size_t *key);

/* Return true when the content of a string has the form of a token of any key: "siv1.KEYID.…". */
bool token_is_alike(const char *text, size_t length);

/*
 * Return the number of the key that the match in ${text} names ("key" of "pii"), or KEYRING_NONE.
 */
size_t token_key_named(const struct keyring *ring, const char *text,
    const struct json_match *match);

/*
 * Append the value of the plaintext at ${at} of ${plain} as JSON text, and remove its padding
 * there. Return TOKEN_MALFORMED when the type byte is missing or the value cannot stand in a line.
 * Such a value is text that is not UTF-8, or JSON that is invalid or has line breaks.
 */
enum token_result token_restore(struct buf *out, struct buf *plain, size_t at);

#endif
