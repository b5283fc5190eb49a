#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acked.h"
#include "base/clock.h"
#include "base/line.h"
#include "base/msg.h"
#include "base/opt.h"
#include "record/record.h"

enum { LATE_WRITER_MS = 1000, TICK_MS = 10 };

/* A stop request does not end the reading: the caller decides when to end it. */
#define NEVER_MS ((uint64_t)1 << 50)

struct acked {
    int fd;
    struct line_reader *reader;
    struct verdict_parser *parser;
    bool had_writer;
    bool ended;
    bool warned;
};

/* Close the descriptor that the path names, except the standard ones. */
static void close_named(const char *path)
{
    static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t length = strlen(folders[i]);
        uint64_t number;
        if (strncmp(path, folders[i], length) == 0 &&
            opt_number(path + length, STDERR_FILENO + 1, 1 << 20, &number))
            (void)close((int)number);
    }
}

struct acked *acked_open(const char *path)
{
    struct stat status;
    struct acked *acked = calloc(1, sizeof *acked);
    if (acked == NULL)
        return NULL;
    acked->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (acked->fd == -1 || fstat(acked->fd, &status) != 0)
        goto err;
    if (!S_ISFIFO(status.st_mode)) {
        errno = EINVAL;
        goto err;
    }
    acked->reader = line_open(acked->fd, RECORD_MAX, NEVER_MS);
    acked->parser = verdict_parser_new();
    if (acked->reader == NULL || acked->parser == NULL) {
        errno = ENOMEM;
        goto err;
    }
    close_named(path);
    return acked;

err:;
    int error = errno;
    acked->had_writer = true; /* nothing to wait for */
    acked_close(acked);
    errno = error;
    return NULL;
}

void acked_close(struct acked *acked)
{
    if (acked == NULL)
        return;
    uint64_t until = clock_monotonic_ms() + LATE_WRITER_MS;
    while (!acked_has_writer(acked) && clock_monotonic_ms() < until)
        (void)poll(NULL, 0, TICK_MS);
    verdict_parser_free(acked->parser);
    line_close(acked->reader);
    if (acked->fd != -1)
        close(acked->fd);
    free(acked);
}

int acked_fd(const struct acked *acked)
{
    return acked->ended ? -1 : acked->fd;
}

bool acked_ended(const struct acked *acked)
{
    return acked->ended;
}

bool acked_has_writer(struct acked *acked)
{
    acked->had_writer = acked->had_writer || line_has_writer(acked->reader);
    return acked->had_writer;
}

static void warn_ignored(struct acked *acked)
{
    if (!acked->warned)
        msg_warn("a line of the --acked FIFO is not a verdict of sqs-ack --print: ignored, as are "
                 "further ones");
    acked->warned = true;
}

enum acked_result acked_next(struct acked *acked, struct verdict *verdict)
{
    struct line line;
    while (!acked->ended) {
        enum line_result result = line_next(acked->reader, 0, &line);
        if (result == LINE_AGAIN)
            return ACKED_NOTHING;
        acked->had_writer = true;
        if (result == LINE_LONG) {
            warn_ignored(acked);
        } else if (result == LINE_OK) {
            enum verdict_result parsed =
                verdict_parse(acked->parser, line.text, line.length, verdict);
            if (parsed == VERDICT_NO_MEMORY)
                return ACKED_NO_MEMORY;
            if (parsed != VERDICT_MALFORMED && verdict->ack != VERDICT_ACK_MISSING)
                return ACKED_VERDICT;
            warn_ignored(acked);
        } else if (result == LINE_ERROR && errno == ENOMEM) {
            return ACKED_NO_MEMORY;
        } else {
            acked->ended = true;
        }
    }
    return ACKED_NOTHING;
}
