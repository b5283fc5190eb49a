#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A growable byte buffer with a maximum size. Appends that fail (no memory, or past ${max}) leave
 * the content as it was and set ${failed}, which stays set until buf_clear(): a run of appends may
 * be checked once at its end. Not NUL-terminated, unless buf_cstr() is asked.
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
void buf_clear(struct buf *buf);                /* length 0, failed false, memory kept */
void buf_shrink(struct buf *buf, size_t keep); /* as buf_clear(); gives back memory above ${keep} */

/* Room for ${extra} bytes more; returns where they go, or NULL. Then add to ${length}. */
char *buf_reserve(struct buf *buf, size_t extra);

int buf_append(struct buf *buf, const void *data, size_t length); /* 0 or -1 */
int buf_puts(struct buf *buf, const char *text);
int buf_putc(struct buf *buf, char byte);
int buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The content as a C string, owned by the buffer until its next change; NULL on failure. */
const char *buf_cstr(struct buf *buf);

#endif
