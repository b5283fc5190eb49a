#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/out.h"
#include "base/stop.h"

enum { CAPACITY = 65536 };

struct out {
    int fd;
    int error;
    bool bounded;      /* set after a stop request */
    uint64_t grace_ms; /* its limit */
    uint64_t end_ms;   /* monotonic; 0: no request seen */
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
    out->bounded = false;
    out->end_ms = 0;
    out->length = 0;
    return out;
}

void out_set_grace(struct out *out, uint64_t grace_ms)
{
    out->bounded = true;
    out->grace_ms = grace_ms;
}

void out_free(struct out *out)
{
    if (out != NULL)
        explicit_bzero(out, sizeof *out); /* it may have held a key */
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

/* Return 0 when there is room or the wait was interrupted; -1 with errno. */
static int wait_for_room(struct out *out, int timeout_ms)
{
    struct pollfd ready = { .fd = out->fd, .events = POLLOUT };
    int found = poll(&ready, 1, timeout_ms);
    if (found == 0)
        return fail(out, ETIMEDOUT);
    return found == -1 && errno != EINTR ? fail(out, errno) : 0;
}

/* After a stop request, wait for room until the grace period ends. Return 0, or -1. */
static int wait_for_grace(struct out *out)
{
    uint64_t now_ms = clock_monotonic_ms();
    if (out->end_ms == 0)
        out->end_ms = now_ms + out->grace_ms;
    uint64_t left_ms = out->end_ms > now_ms ? out->end_ms - now_ms : 0;
    return wait_for_room(out, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
}

static int write_all(struct out *out, const char *data, size_t length)
{
    while (length > 0) {
        size_t size = length;
        /* A signal interrupts a blocking write; then write only what the pipe has room for. */
        if (out->bounded && stop_requested()) {
            if (wait_for_grace(out) != 0)
                return -1;
            size = size < PIPE_BUF ? size : PIPE_BUF;
        }
        ssize_t written = write(out->fd, data, size);
        if (written > 0) {
            data += written;
            length -= (size_t)written;
        } else if (written == 0) {
            return fail(out, EIO);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            /* Another owner of this open file made it non-blocking; wait for room. */
            if (wait_for_room(out, -1) != 0)
                return -1;
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
    /* EINTR leaves the descriptor closed on Linux; do not repeat. */
    if (close(out->fd) != 0 && errno != EINTR && result == 0) {
        result = -1;
        error = errno;
    }
    out_free(out);
    errno = error;
    return result;
}

/*
 * Return the program that reads our output, as sqs2pg names it in the environment; NULL: not known.
 */
static const char *reader_name(void)
{
    enum { LONGEST = 32 };
    const char *name = getenv("PIPELINE_READER");
    size_t length = name == NULL ? 0 : strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && length <= LONGEST && name[length] == '\0' ? name : NULL;
}

const char *out_reason(int error)
{
    static _Thread_local char text[128]; /* pg-load has threads */
    if (error == ETIMEDOUT)
        return "its reader took nothing for the whole grace time";
    if (error != EPIPE)
        return strerror(error);
    const char *name = reader_name();
    if (name == NULL)
        return "Broken pipe: the program that reads it has ended, see what it says";
    (void)snprintf(text, sizeof text,
        "Broken pipe: %s, which reads it, has ended, see what it says", name);
    return text;
}
