#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum { FIRST_CAPACITY = 256 };

void buf_init(struct buf *buf, size_t maximum)
{
    *buf = (struct buf){ .maximum = maximum };
}

void buf_free(struct buf *buf)
{
    free(buf->data);
    buf_init(buf, buf->maximum);
}

void buf_wipe(struct buf *buf)
{
    if (buf->data != NULL)
        explicit_bzero(buf->data, buf->capacity);
    buf_free(buf);
}

char *buf_grow(struct buf *buf, size_t extra)
{
    if (buf->failed)
        return NULL;
    if (extra > buf->maximum || buf->length > buf->maximum - extra) {
        errno = EMSGSIZE;
        goto fail;
    }
    size_t needed = buf->length + extra;
    size_t capacity = buf->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : buf->capacity;
    while (capacity < needed)
        capacity += capacity / 2;
    if (capacity > buf->maximum)
        capacity = buf->maximum;
    char *data = realloc(buf->data, capacity);
    if (data == NULL)
        goto fail;
    buf->data = data;
    buf->capacity = capacity;
    return data + buf->length;
fail:
    /* Leave no room, so that the next append comes here. */
    if (buf->data != NULL && buf->capacity > buf->length)
        explicit_bzero(buf->data + buf->length, buf->capacity - buf->length);
    buf->capacity = buf->length;
    buf->failed = true;
    return NULL;
}

int buf_printf(struct buf *buf, const char *format, ...)
{
    va_list arguments, again;
    size_t room = buf->capacity - buf->length;
    va_start(arguments, format);
    va_copy(again, arguments);
    /* Usually the text fits into the existing room. */
    int length = vsnprintf(room > 0 ? buf->data + buf->length : NULL, room, format, arguments);
    va_end(arguments);
    bool fits = length >= 0 && (size_t)length < room;
    char *place = fits || length < 0 ? NULL : buf_reserve(buf, (size_t)length + 1);
    if (place != NULL)
        (void)vsnprintf(place, (size_t)length + 1, format, again);
    va_end(again);
    if (!fits && place == NULL) {
        buf->failed = true;
        return -1;
    }
    buf->length += (size_t)length;
    return 0;
}

const char *buf_cstr(struct buf *buf)
{
    char *end = buf->failed ? NULL : buf_reserve(buf, 1);
    if (end == NULL)
        return NULL;
    *end = '\0';
    return buf->data;
}
