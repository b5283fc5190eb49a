#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Shared by the libFuzzer entries. A failed check ends the process, which reports it to libFuzzer.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_require(int good)
{
    if (!good)
        abort();
}

/*
 * Return true when a text is fit for a message: one line of printable ASCII with a NUL within
 * ${size}.
 */
static inline int fuzz_is_line(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~')
            return 0;
    return length < size;
}

/* The bytes of an input, taken from its front in order; 0 after the last. */
struct fuzz_bytes {
    const uint8_t *data;
    size_t size;
};

static inline uint8_t fuzz_byte(struct fuzz_bytes *bytes)
{
    if (bytes->size == 0)
        return 0;
    bytes->size--;
    return *bytes->data++;
}

/* Return the bytes before the next 0xff, which is no byte of UTF-8, or all the rest; never NULL. */
static inline const char *fuzz_part(struct fuzz_bytes *bytes, size_t *length)
{
    const char *part = bytes->size > 0 ? (const char *)bytes->data : "";
    const uint8_t *end = bytes->size > 0 ? memchr(bytes->data, 0xff, bytes->size) : NULL;
    *length = end != NULL ? (size_t)(end - bytes->data) : bytes->size;
    bytes->data += *length + (end != NULL);
    bytes->size -= *length + (end != NULL);
    return part;
}

/* Return the same as a C string owned by the caller; the bytes after a NUL are lost. */
static inline char *fuzz_text(struct fuzz_bytes *bytes)
{
    size_t length;
    const char *part = fuzz_part(bytes, &length);
    char *text = strndup(part, length);
    fuzz_require(text != NULL);
    return text;
}

#endif
