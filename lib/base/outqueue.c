#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outqueue.h"

enum { LARGE_WRITE = 65536, SMALLEST = 65536, KEPT = 1 << 20 };

struct outqueue {
    int fd;
    size_t piece; /* bytes of one write */
    char *data;
    size_t start; /* data[start, end) is pending */
    size_t end;
    size_t capacity;
    uint64_t written;
    bool within_line;
    int error;
};

struct outqueue *outqueue_open(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return NULL;
    struct outqueue *queue = calloc(1, sizeof *queue);
    if (queue == NULL)
        return NULL;
    queue->fd = fd;
    bool takes_all = S_ISREG(status.st_mode) || (S_ISCHR(status.st_mode) && !isatty(fd));
    queue->piece = takes_all ? LARGE_WRITE : PIPE_BUF;
    return queue;
}

void outqueue_free(struct outqueue *queue)
{
    if (queue == NULL)
        return;
    free(queue->data);
    free(queue);
}

static void move_to_front(struct outqueue *queue)
{
    if (queue->start < queue->end)
        memmove(queue->data, queue->data + queue->start, queue->end - queue->start);
    queue->end -= queue->start;
    queue->start = 0;
}

/*
 * Make room for ${length} bytes at the end. Return 0, or -1. Pending bytes take little more memory
 * than their size; a byte is moved a few times at most.
 */
static int make_room(struct outqueue *queue, size_t length)
{
    if (queue->capacity - queue->end >= length)
        return 0;
    size_t waiting = queue->end - queue->start;
    if (queue->start >= waiting / 4 && queue->capacity - waiting >= length) {
        move_to_front(queue);
        return 0;
    }
    if (length > SIZE_MAX / 4 - waiting) {
        errno = ENOMEM;
        return -1;
    }
    size_t capacity = ((waiting + length) / 4 * 5 / SMALLEST + 1) * SMALLEST;
    move_to_front(queue);
    char *data = realloc(queue->data, capacity);
    if (data == NULL)
        return -1;
    queue->data = data;
    queue->capacity = capacity;
    return 0;
}

int outqueue_add(struct outqueue *queue, const void *data, size_t length)
{
    if (length == 0 || queue->error != 0)
        return 0;
    if (make_room(queue, length) != 0)
        return -1;
    memcpy(queue->data + queue->end, data, length);
    queue->end += length;
    return 0;
}

/* Return the size of the next write: whole lines, when at least one fits. */
static size_t next_piece(const struct outqueue *queue)
{
    size_t waiting = queue->end - queue->start;
    if (waiting <= queue->piece)
        return waiting;
    const char *last = memrchr(queue->data + queue->start, '\n', queue->piece);
    return last != NULL ? (size_t)(last - (queue->data + queue->start)) + 1 : queue->piece;
}

static void give_back(struct outqueue *queue)
{
    queue->start = queue->end = 0;
    if (queue->capacity <= KEPT)
        return;
    free(queue->data);
    queue->data = NULL;
    queue->capacity = 0;
}

int outqueue_write(struct outqueue *queue)
{
    while (queue->error == 0) {
        struct pollfd ready = { .fd = queue->fd, .events = outqueue_events(queue) };
        int count = poll(&ready, 1, 0);
        if (count == -1 && errno == EINTR)
            continue;
        if (count == -1)
            queue->error = errno;
        else if (ready.revents & POLLNVAL)
            queue->error = EBADF;
        else if (queue->start == queue->end && (ready.revents & POLLERR))
            queue->error = EPIPE;
        if (queue->error != 0 || ready.revents == 0 || queue->start == queue->end)
            break;
        ssize_t written = write(queue->fd, queue->data + queue->start, next_piece(queue));
        if (written == -1) {
            if (errno == EAGAIN || errno == EWOULDBLOCK)
                break;
            if (errno != EINTR)
                queue->error = errno;
            continue;
        }
        queue->start += (size_t)written;
        queue->written += (uint64_t)written;
        if (written > 0)
            queue->within_line = queue->data[queue->start - 1] != '\n';
        if (queue->start == queue->end)
            give_back(queue);
    }
    if (queue->error == 0)
        return 0;
    give_back(queue);
    errno = queue->error;
    return -1;
}

uint64_t outqueue_cut(struct outqueue *queue)
{
    size_t kept = 0, waiting = queue->end - queue->start;
    if (queue->within_line && waiting > 0) {
        const char *newline = memchr(queue->data + queue->start, '\n', waiting);
        kept = newline != NULL ? (size_t)(newline - (queue->data + queue->start)) + 1 : waiting;
    }
    queue->end = queue->start + kept;
    return queue->written + kept;
}

short outqueue_events(const struct outqueue *queue)
{
    return queue->start == queue->end ? 0 : POLLOUT;
}

size_t outqueue_waiting(const struct outqueue *queue)
{
    return queue->end - queue->start;
}

uint64_t outqueue_written(const struct outqueue *queue)
{
    return queue->written;
}

int outqueue_error(const struct outqueue *queue)
{
    return queue->error;
}

int outqueue_close(struct outqueue *queue)
{
    int error = queue->error;
    if (close(queue->fd) != 0 && error == 0)
        error = errno;
    outqueue_free(queue);
    errno = error;
    return error == 0 ? 0 : -1;
}
