#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * A growable byte buffer with a maximum size. A failed append (out of memory, or past ${maximum})
 * leaves the content unchanged and sets ${failed}; until buf_clear() all further ones fail, too.
 * Check a series of appends once, at its end. The content is not NUL-terminated; buf_cstr()
 * terminates it.
 */
struct buf {
    char *data;
    size_t length;
    size_t capacity;
    size_t maximum;
    bool failed;
};

void buf_init(struct buf *buf, size_t maximum); /* allocates nothing */
void buf_free(struct buf *buf);                 /* also of a zeroed one; leaves it initialised */
void buf_wipe(struct buf *buf);                 /* zero the bytes, then buf_free() */

/* buf_reserve() when there is not enough room. */
char *buf_grow(struct buf *buf, size_t extra);

/*
 * The inline functions below need no call when there is room, which is the usual case: a record
 * consists of some hundred small pieces.
 */

/* Set length to 0 and failed to false; keep the memory. */
static inline void buf_clear(struct buf *buf)
{
    buf->length = 0;
    buf->failed = false;
}

/* buf_clear(), and free the memory above ${keep}. */
static inline void buf_shrink(struct buf *buf, size_t keep)
{
    if (buf->capacity > keep)
        buf_free(buf);
    buf_clear(buf);
}

/*
 * Make room for ${extra} more bytes. Return where they go, or NULL; the caller adds to ${length}.
 */
static inline char *buf_reserve(struct buf *buf, size_t extra)
{
    if (buf->data != NULL && extra <= buf->capacity - buf->length)
        return buf->data + buf->length;
    return buf_grow(buf, extra);
}

/* Each of the four functions below returns 0, or -1 when the append failed. */
static inline int buf_append(struct buf *buf, const void *data, size_t length)
{
    if (length == 0)
        return 0;
    char *place =
        length <= buf->capacity - buf->length ? buf->data + buf->length : buf_grow(buf, length);
    if (place == NULL)
        return -1;
    memcpy(place, data, length);
    buf->length += length;
    return 0;
}

static inline int buf_puts(struct buf *buf, const char *text)
{
    return buf_append(buf, text, strlen(text));
}

static inline int buf_putc(struct buf *buf, char byte)
{
    return buf_append(buf, &byte, 1);
}

int buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Return the content as a C string, owned by the buffer until its next change. Return NULL on
 * failure, and when an append has failed since buf_clear(): a text with a gap is no text.
 */
const char *buf_cstr(struct buf *buf);

#endif
