#ifndef MASK_TOKEN_H
#define MASK_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "json/scan.h"
#include "mask/keyring.h"

/*
 * Tokens: "TAG.KEYID.BASE64URL", where TAG is the method and its version ("siv1", "hmac1", "seal1")
 * and BASE64URL is unpadded and canonical (RFC 4648 §5): bytes have one spelling. And the values
 * they stand for, with a type byte in front:
 *
 *     s  the value was a JSON string; its decoded text follows, UTF-8
 *     j  it was anything else; its JSON text follows as it was spelt
 *
 * so that "4" and 4 differ. The type byte is upper case where the value is padded: a byte 0x80 and
 * zeroes follow it, so many that all together is a multiple of some number of bytes.
 */

enum { TOKEN_TAG_MAX = 8, TOKEN_HEAD_MAX = TOKEN_TAG_MAX + 1 + KEYRING_ID + 1 };

/* "TAG.KEYID.", worked out once. */
struct token_head {
    char text[TOKEN_HEAD_MAX + 1];
    size_t length;
};

void token_head_set(struct token_head *head, const char *tag, const char *id);

/* A value as json_scan() found it: the JSON text of it, with a string's quotes. */
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

/* null and "" are never masked: they stay what they are. */
static inline bool token_is_nothing(const struct json_match *match)
{
    return match->kind == JSON_NULL ||
        (match->kind == JSON_STRING && match->end - match->value == 2);
}

/*
 * token_plain(value, room, scratch):
 * Put ${room} bytes (undefined) and then the type byte and the value into ${scratch}, cleared
 * before. Return 0, or -1 when it is full.
 */
int token_plain(const struct token_value *value, size_t room, struct buf *scratch);

/*
 * Pad the plaintext that begins with its type byte at ${at} to a multiple of ${multiple} bytes,
 * type byte not counted. 0, or -1 when ${plain} is full.
 */
int token_pad(struct buf *plain, size_t at, size_t multiple);

/* Take the padding off again, if there is any; false: what there is is none. */
bool token_unpad(struct buf *plain, size_t at);

/* Append the head and the bytes as a quoted JSON string. 0, or -1 when the buffer is full. */
int token_write(struct buf *out, const struct token_head *head, const void *bytes, size_t length);

enum token_result {
    TOKEN_OK,
    TOKEN_MALFORMED,   /* no such token: another tag, another spelling, changed, or of another place
                        */
    TOKEN_UNKNOWN_KEY, /* its key id is not in the key ring */
    TOKEN_NO_KEY_ID,   /* nothing says which key it is of, and the value does not either */
    TOKEN_FAILED       /* out of memory */
};

/*
 * token_read(value, tag, ring, bytes, key):
 * Take the string ${value} apart: its bytes go to ${bytes}, cleared before, and *key is the number
 * of its key. TOKEN_OK says nothing yet about who made it.
 */
enum token_result token_read(const struct token_value *value, const char *tag,
    const struct keyring *ring, struct buf *bytes, size_t *key);

/* The number of the key whose id the match in ${text} is ("pii"'s "key"), or KEYRING_NONE. */
size_t token_key_named(const struct keyring *ring, const char *text,
    const struct json_match *match);

/*
 * Append the value that the plaintext at ${at} of ${plain} stands for as JSON text; what is padded
 * loses its padding there. TOKEN_MALFORMED: no type byte, or no value that can stand in a line:
 * text that is not UTF-8, JSON that is none or has line breaks.
 */
enum token_result token_restore(struct buf *out, struct buf *plain, size_t at);

#endif
