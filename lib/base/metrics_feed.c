#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/descriptors.h"
#include "base/metrics_feed.h"

enum { END_MS = 5000 };

/* One packet, as long as it has values. */
struct figures {
    int64_t status;
    uint64_t values[METRICS_MAXIMUM];
};

struct metrics_feed {
    int fd;
    size_t length; /* of figures */
    struct figures figures;
};

/*
 * ---- the process that keeps the file ----------------------------------------------------------
 */

/* Return the last descriptor to close; the reports of a sanitizer use a high one. */
static unsigned last_descriptor(void)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    return 199;
#else
    return ~0U;
#endif
}

/* Close all but stderr and these two. Return 0, or -1 with errno. */
static int close_others(int one, int other)
{
    unsigned low = (unsigned)(one < other ? one : other);
    unsigned high = (unsigned)(one < other ? other : one);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
        return -1;
    if (low > STDERR_FILENO + 1 && descriptors_close(STDERR_FILENO + 1, low - 1) != 0)
        return -1;
    if (high > low + 1 && descriptors_close(low + 1, high - 1) != 0)
        return -1;
    return high < last_descriptor() ? descriptors_close(high + 1, last_descriptor()) : 0;
}

static void work(int fd, struct metrics *metrics, void (*failed)(void *context, int error),
    void *context)
{
    static struct figures figures;
    ssize_t got;
    do {
        got = read(fd, &figures, sizeof figures);
        if (got > 0 && metrics_write(metrics, figures.values, (int)figures.status) != 0)
            failed(context, errno);
    } while ((got > 0 && figures.status == METRICS_RUNNING) || (got < 0 && errno == EINTR));
}

static void ignore_signals(void)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        (void)signal(numbers[i], SIG_IGN);
}

/*
 * ---- the program that feeds it -----------------------------------------------------------------
 */

struct metrics_feed *metrics_feed_start(struct metrics *metrics, size_t count,
    void (*failed)(void *context, int error), void *context)
{
    struct metrics_feed *feed = calloc(1, sizeof *feed);
    int ends[2];
    /* Packets: each is sent whole or not at all. */
    if (feed == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        goto no_feed;
    feed->fd = ends[0];
    feed->length = offsetof(struct figures, values) + count * sizeof *feed->figures.values;
    if (fcntl(feed->fd, F_SETFL, O_NONBLOCK) != 0)
        goto no_process;
    pid_t process = fork();
    if (process < 0)
        goto no_process;
    if (process == 0) {
        ignore_signals();
        if (close_others(ends[1], metrics_descriptor(metrics)) == 0)
            work(ends[1], metrics, failed, context);
        metrics_free(metrics);
        _exit(0);
    }
    (void)close(ends[1]);
    metrics_transfer(metrics);
    return feed;

    int error;
no_process:
    error = errno;
    (void)close(ends[0]);
    (void)close(ends[1]);
    errno = error;
no_feed:
    error = errno;
    free(feed);
    metrics_free(metrics);
    errno = error;
    return NULL;
}

int metrics_feed_descriptor(const struct metrics_feed *feed)
{
    return feed->fd;
}

/* Wait for ${events} or the end of the process, until ${until_ms}. Return 0, or -1 with errno. */
static int wait_for(const struct metrics_feed *feed, short events, uint64_t until_ms)
{
    struct pollfd poller = { .fd = feed->fd, .events = events };
    for (;;) {
        uint64_t now_ms = clock_monotonic_ms();
        int ready = poll(&poller, 1, now_ms < until_ms ? (int)(until_ms - now_ms) : 0);
        if (ready > 0)
            return 0;
        if (ready == 0)
            errno = ETIMEDOUT;
        if (ready == 0 || errno != EINTR)
            return -1;
    }
}

static int send_last(struct metrics_feed *feed)
{
    uint64_t until_ms = clock_monotonic_ms() + END_MS;
    char byte;
    while (write(feed->fd, &feed->figures, feed->length) < 0)
        if ((errno != EAGAIN && errno != EINTR) || wait_for(feed, POLLOUT, until_ms) != 0)
            return -1;
    /* It writes nothing: the only thing to read is its end. */
    while (read(feed->fd, &byte, 1) < 0)
        if ((errno != EAGAIN && errno != EINTR) || wait_for(feed, POLLIN, until_ms) != 0)
            return -1;
    return 0;
}

int metrics_feed_send(struct metrics_feed *feed, const uint64_t *values, int status)
{
    feed->figures.status = status;
    memcpy(feed->figures.values, values, feed->length - offsetof(struct figures, values));
    if (status != METRICS_RUNNING)
        return send_last(feed);
    if (write(feed->fd, &feed->figures, feed->length) >= 0 || errno == EAGAIN || errno == EINTR)
        return 0;
    return -1;
}

void metrics_feed_free(struct metrics_feed *feed)
{
    if (feed == NULL)
        return;
    (void)close(feed->fd);
    free(feed);
}
