#ifndef CRYPTO_BASE64_H
#define CRYPTO_BASE64_H

#include <stddef.h>

/*
 * Base64 (RFC 4648), both ways canonical: bytes have one spelling. Every other spelling is refused:
 * missing or extra padding, unused bits that are not zero, line breaks, letters of the other
 * alphabet. Only base64_decode_any() takes other padding and alphabets. No NUL is written or
 * expected.
 */

/*
 * Standard alphabet with padding (key files), and the url and file name safe one without (tokens).
 */
static inline size_t base64_length(size_t bytes)
{
    return (bytes + 2) / 3 * 4;
}

static inline size_t base64_url_length(size_t bytes)
{
    return bytes / 3 * 4 + (bytes % 3 == 0 ? 0 : bytes % 3 + 1);
}

/* Return enough bytes for what ${length} characters decode to. */
static inline size_t base64_decoded_max(size_t length)
{
    return length / 4 * 3 + 3;
}

/* Write base64_length(length), or base64_url_length(length), characters. Return their number. */
size_t base64_encode(const void *data, size_t length, char *out);
size_t base64_encode_url(const void *data, size_t length, char *out);

/*
 * Decode all of text[0, length). Return 0 with *out_length set, or -1 for text that is not
 * canonical, with the written bytes wiped. ${out} has base64_decoded_max(length) bytes and may be
 * ${text}.
 */
int base64_decode(const char *text, size_t length, unsigned char *out, size_t *out_length);
int base64_decode_url(const char *text, size_t length, unsigned char *out, size_t *out_length);

/* Do the same as base64_decode(), for either alphabet, not both, with the padding or without. */
int base64_decode_any(const char *text, size_t length, unsigned char *out, size_t *out_length);

#endif
