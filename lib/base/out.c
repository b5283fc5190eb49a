#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"

enum { CAPACITY = 65536 };

struct out {
    int fd;
    int error;
    size_t length;
    char data[CAPACITY];
};

struct out *out_open(int fd)
{
    struct out *out = malloc(sizeof *out);
    if (out == NULL)
        return NULL;
    out->fd = fd;
    out->error = 0;
    out->length = 0;
    return out;
}

void out_free(struct out *out)
{
    free(out);
}

int out_error(const struct out *out)
{
    return out->error;
}

static int fail(struct out *out, int error)
{
    out->error = errno = error;
    return -1;
}

static int write_all(struct out *out, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(out->fd, data, length);
        if (written > 0) {
            data += written;
            length -= (size_t)written;
        } else if (written == 0) {
            return fail(out, EIO);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            /* Another owner of this open file made it non-blocking; wait for room. */
            struct pollfd ready = { .fd = out->fd, .events = POLLOUT };
            if (poll(&ready, 1, -1) == -1 && errno != EINTR)
                return fail(out, errno);
        } else if (errno != EINTR) {
            return fail(out, errno);
        }
    }
    return 0;
}

int out_flush(struct out *out)
{
    if (out->error != 0)
        return fail(out, out->error);
    size_t length = out->length;
    out->length = 0;
    return write_all(out, out->data, length);
}

int out_write(struct out *out, const void *data, size_t length)
{
    if (out->error != 0)
        return fail(out, out->error);
    if (length > CAPACITY - out->length && out_flush(out) != 0)
        return -1;
    if (length >= CAPACITY)
        return write_all(out, data, length);
    memcpy(out->data + out->length, data, length);
    out->length += length;
    return 0;
}

int out_close(struct out *out)
{
    int result = out_flush(out);
    int error = errno;
    /* EINTR leaves the descriptor closed on Linux; there is nothing to repeat. */
    if (close(out->fd) != 0 && errno != EINTR && result == 0) {
        result = -1;
        error = errno;
    }
    out_free(out);
    errno = error;
    return result;
}
