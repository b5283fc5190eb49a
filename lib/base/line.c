#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/line.h"
#include "base/stop.h"

enum { SMALLEST = 2 * LINE_PREFIX, GIVEN_BACK_ABOVE = 1 << 20 };

struct line_reader {
    int fd;
    bool regular;  /* a regular file: a stop request ends it */
    bool ended;    /* read() returned 0 */
    bool skipping; /* inside a line over the maximum; buffer[0, kept) is its start */
    bool blank;    /* the part of that line before buffer[start] was blank */
    size_t maximum;
    size_t kept;
    char *buffer;
    size_t capacity;
    size_t start;    /* buffer[start, end) is not returned yet */
    size_t searched; /* buffer[start, searched) has no LF */
    size_t end;
    uint64_t number;
    uint64_t skipped;
    bool keeps_blanks;
    bool begun; /* past the place of a byte order mark */
    uint64_t grace_ms;
    uint64_t grace_until; /* 0: no stop request seen */
};

struct line_reader *line_open(int fd, size_t maximum, uint64_t grace_ms)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return NULL;
    struct line_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->buffer = malloc(SMALLEST);
    if (reader->buffer == NULL) {
        free(reader);
        return NULL;
    }
    reader->capacity = SMALLEST;
    reader->fd = fd;
    reader->regular = S_ISREG(status.st_mode);
    reader->maximum = maximum;
    reader->grace_ms = grace_ms;
    return reader;
}

void line_close(struct line_reader *reader)
{
    if (reader == NULL)
        return;
    free(reader->buffer);
    free(reader);
}

int line_fd(const struct line_reader *reader)
{
    return reader->fd;
}

static const char *find_end(const struct line_reader *reader)
{
    return memchr(reader->buffer + reader->searched, '\n', reader->end - reader->searched);
}

static bool is_blank(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r'))
        at++;
    return at == length;
}

/* Skip a byte order mark, once more than a part of one is read. */
static void pass_mark(struct line_reader *reader)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t there = reader->end - reader->start, length = sizeof mark - 1;
    if (reader->begun || there == 0)
        return;
    bool agrees = memcmp(reader->buffer, mark, there < length ? there : length) == 0;
    if (agrees && there < length)
        return;
    reader->begun = true;
    if (!agrees)
        return;
    reader->start = length;
    if (reader->searched < length)
        reader->searched = length;
    reader->skipped++;
}

/* Skip the blank lines in memory. */
static void skip_blank_lines(struct line_reader *reader)
{
    pass_mark(reader);
    while (!reader->keeps_blanks && !reader->skipping && reader->start < reader->end &&
        (unsigned char)reader->buffer[reader->start] <= ' ') {
        const char *found = find_end(reader);
        reader->searched = found != NULL ? (size_t)(found - reader->buffer) : reader->end;
        if ((found == NULL && !reader->ended) ||
            !is_blank(reader->buffer + reader->start, reader->searched - reader->start))
            return;
        reader->start = reader->searched += found != NULL;
        reader->number++;
        reader->skipped++;
    }
}

void line_keep_blanks(struct line_reader *reader)
{
    reader->keeps_blanks = true;
}

uint64_t line_skipped(const struct line_reader *reader)
{
    return reader->skipped;
}

const char *line_skipped_text(uint64_t skipped, char text[LINE_SKIPPED_SIZE])
{
    text[0] = '\0';
    if (skipped > 0)
        (void)snprintf(text, LINE_SKIPPED_SIZE, " skipped=%" PRIu64, skipped);
    return text;
}

bool line_ready(struct line_reader *reader)
{
    skip_blank_lines(reader);
    return find_end(reader) != NULL ||
        (reader->ended && (reader->start < reader->end || reader->skipping));
}

/* Skip a line over the maximum that is blank; buffer[start, end) is its last part. */
static bool skip_long_blank(struct line_reader *reader, size_t end, size_t next)
{
    if (!reader->skipping || !reader->blank || reader->keeps_blanks ||
        !is_blank(reader->buffer + reader->start, end - reader->start))
        return false;
    reader->skipping = false;
    reader->start = reader->searched = next;
    reader->number++;
    reader->skipped++;
    return true;
}

/* Return buffer[start, end) as a line; the rest begins at ${next}. */
static enum line_result deliver(struct line_reader *reader, size_t end, size_t next,
    struct line *line)
{
    line->number = ++reader->number;
    line->unended = next == end;
    if (reader->skipping) {
        reader->skipping = false;
        line->text = reader->buffer;
        line->length = reader->kept;
        reader->start = reader->searched = next;
        return LINE_LONG;
    }
    line->text = reader->buffer + reader->start;
    line->length = end - reader->start;
    if (next > end && line->length > 0 && line->text[line->length - 1] == '\r')
        line->length--;
    reader->start = reader->searched = next;
    if (line->length <= reader->maximum)
        return LINE_OK;
    if (line->length > LINE_PREFIX)
        line->length = LINE_PREFIX;
    return LINE_LONG;
}

/* Move unread bytes to the front, or behind the kept start of a skipped line. */
static void compact(struct line_reader *reader)
{
    size_t front = reader->skipping ? reader->kept : 0;
    if (reader->start == front)
        return;
    memmove(reader->buffer + front, reader->buffer + reader->start, reader->end - reader->start);
    reader->end -= reader->start - front;
    reader->searched -= reader->start - front;
    reader->start = front;
}

/* Make room to read into. The unread bytes hold no LF. Return 0, or -1 with errno. */
static int make_room(struct line_reader *reader)
{
    size_t unread = reader->end - reader->start;
    if (reader->skipping) {
        reader->blank = reader->blank && is_blank(reader->buffer + reader->start, unread);
        reader->start = reader->searched = reader->end = reader->kept;
        return 0;
    }
    if (unread > reader->maximum + 1) { /* one more for a CR */
        compact(reader);
        reader->skipping = reader->blank = true;
        reader->kept = unread < LINE_PREFIX ? unread : LINE_PREFIX;
        return make_room(reader);
    }
    if (unread == 0 && reader->capacity > GIVEN_BACK_ABOVE) {
        char *smaller = realloc(reader->buffer, SMALLEST);
        if (smaller != NULL) {
            reader->buffer = smaller;
            reader->capacity = SMALLEST;
        }
    }
    compact(reader);
    if (reader->capacity - reader->end >= SMALLEST / 2)
        return 0;
    char *larger = realloc(reader->buffer, reader->capacity * 2);
    if (larger == NULL)
        return -1;
    reader->buffer = larger;
    reader->capacity *= 2;
    return 0;
}

enum wait_result { WAIT_READY, WAIT_TIMEOUT, WAIT_STOPPED, WAIT_ERROR };

/*
 * Wait until the descriptor is readable, the deadline passes (UINT64_MAX: none) or a stop is
 * requested.
 */
static enum wait_result wait_readable(struct line_reader *reader, uint64_t deadline)
{
    for (;;) {
        uint64_t now = clock_monotonic_ms();
        if (stop_requested()) {
            if (reader->regular)
                return WAIT_STOPPED;
            if (reader->grace_until == 0)
                reader->grace_until = now + reader->grace_ms;
            if (now >= reader->grace_until)
                return WAIT_STOPPED;
        }
        if (reader->regular)
            return WAIT_READY;
        uint64_t until = deadline;
        if (reader->grace_until != 0 && reader->grace_until < until)
            until = reader->grace_until;
        uint64_t left = until > now ? until - now : 0;
        int timeout = until == UINT64_MAX ? -1 : left > 1000000 ? 1000000 : (int)left;
        struct pollfd watched[2] = {
            { .fd = reader->fd, .events = POLLIN },
            { .fd = reader->grace_until == 0 ? stop_fd() : -1, .events = POLLIN },
        };
        int ready = poll(watched, 2, timeout);
        if (ready == -1 && errno != EINTR)
            return WAIT_ERROR;
        if (ready > 0 && watched[0].revents != 0) {
            if (watched[0].revents & POLLNVAL) {
                errno = EBADF;
                return WAIT_ERROR;
            }
            return WAIT_READY;
        }
        if (ready == 0 && clock_monotonic_ms() >= deadline)
            return WAIT_TIMEOUT;
    }
}

enum line_result line_next(struct line_reader *reader, int timeout_ms, struct line *line)
{
    if (reader->regular && stop_requested())
        return LINE_STOPPED;
    uint64_t deadline = UINT64_MAX;
    if (timeout_ms >= 0)
        deadline = timeout_ms == 0 ? 0 : clock_monotonic_ms() + (uint64_t)timeout_ms;
    for (;;) {
        skip_blank_lines(reader);
        const char *found = find_end(reader);
        if (found != NULL) {
            size_t end = (size_t)(found - reader->buffer);
            if (skip_long_blank(reader, end, end + 1))
                continue;
            return deliver(reader, end, end + 1, line);
        }
        reader->searched = reader->end;
        if (reader->ended) {
            if (reader->start == reader->end && !reader->skipping)
                return LINE_END;
            if (skip_long_blank(reader, reader->end, reader->end))
                continue;
            return deliver(reader, reader->end, reader->end, line);
        }
        if (make_room(reader) != 0)
            return LINE_ERROR;
        switch (wait_readable(reader, deadline)) {
        case WAIT_READY:
            break;
        case WAIT_TIMEOUT:
            return LINE_AGAIN;
        case WAIT_STOPPED:
            return LINE_STOPPED;
        case WAIT_ERROR:
            return LINE_ERROR;
        }
        ssize_t got =
            read(reader->fd, reader->buffer + reader->end, reader->capacity - reader->end);
        if (got > 0)
            reader->end += (size_t)got;
        else if (got == 0)
            reader->ended = true;
        else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
            return LINE_ERROR;
    }
}

bool line_has_writer(struct line_reader *reader)
{
    if (line_ready(reader))
        return true;
    reader->searched = reader->end;
    if (reader->ended || make_room(reader) != 0)
        return false;
    ssize_t got = read(reader->fd, reader->buffer + reader->end, reader->capacity - reader->end);
    if (got > 0)
        reader->end += (size_t)got;
    return got > 0 || (got == -1 && (errno == EAGAIN || errno == EINTR));
}

bool line_agrees(const struct line *line, const char *start)
{
    size_t length = strlen(start);
    return memcmp(line->text, start, line->length < length ? line->length : length) == 0;
}
