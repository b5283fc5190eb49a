#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * A growable byte buffer with a maximum size. Appends that fail (out of memory, or past ${max})
 * leave the content as it was and set ${failed}, which stays set until buf_clear(): a run of
 * appends may be checked once at its end. Not NUL-terminated, unless buf_cstr() is asked.
 */
struct buf {
    char *data;
    size_t length;
    size_t capacity;
    size_t maximum;
    bool failed;
};

void buf_init(struct buf *buf, size_t maximum); /* allocates nothing */
void buf_free(struct buf *buf);                 /* of a zeroed one too; leaves it initialised */
void buf_wipe(struct buf *buf);                 /* as buf_free(), the bytes zeroed first */

/* As buf_reserve(), for more than there is room for. */
char *buf_grow(struct buf *buf, size_t extra);

/*
 * What follows is done in place where there is room, as there mostly is: a record is made of some
 * hundred small pieces.
 */

/* Length 0, failed false, memory kept. */
static inline void buf_clear(struct buf *buf)
{
    buf->length = 0;
    buf->failed = false;
}

/* As buf_clear(); gives back memory above ${keep}. */
static inline void buf_shrink(struct buf *buf, size_t keep)
{
    if (buf->capacity > keep)
        buf_free(buf);
    buf_clear(buf);
}

/* Room for ${extra} bytes more; returns where they go, or NULL. Then add to ${length}. */
static inline char *buf_reserve(struct buf *buf, size_t extra)
{
    if (buf->data != NULL && extra <= buf->capacity - buf->length)
        return buf->data + buf->length;
    return buf_grow(buf, extra);
}

/* These three: 0 or -1. */
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

/* The content as a C string, owned by the buffer until its next change; NULL on failure. */
const char *buf_cstr(struct buf *buf);

#endif
