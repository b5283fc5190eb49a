#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/stop.h"
#include "shutdown.h"

enum { REPORTED_FROM_MS = 1000 }; /* waits below this, after a stop request, are not reported */

static int event = -1;
static atomic_bool requested;
static atomic_uint at_work;
static uint64_t retry_ms;
static uint64_t whole_ms;

uint64_t shutdown_reserve_ms(uint64_t grace_ms)
{
    return grace_ms / 8 < SHUTDOWN_RESERVE_MS ? grace_ms / 8 : SHUTDOWN_RESERVE_MS;
}

uint64_t shutdown_drain_ms(uint64_t grace_ms)
{
    return grace_ms - 3 * shutdown_reserve_ms(grace_ms);
}

void shutdown_work_begins(void)
{
    (void)atomic_fetch_add(&at_work, 1);
}

void shutdown_work_ends(void)
{
    (void)atomic_fetch_sub(&at_work, 1);
}

void shutdown_now(void)
{
    atomic_store(&requested, true);
    if (event >= 0)
        (void)eventfd_write(event, 1); /* fails only on overflow, and then it is readable */
}

bool shutdown_requested(void)
{
    return atomic_load(&requested);
}

int shutdown_fd(void)
{
    return event;
}

static void sleep_on(int fd, uint64_t ms)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    uint64_t until = ms == UINT64_MAX ? UINT64_MAX : clock_monotonic_ms() + ms;
    for (;;) {
        uint64_t now = clock_monotonic_ms();
        if (now >= until)
            return;
        uint64_t left = until - now;
        int ready = poll(&wait, 1, until == UINT64_MAX ? -1 : left > 60000 ? 60000 : (int)left);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return;
    }
}

static void *watch(void *unused)
{
    sleep_on(stop_fd(), UINT64_MAX);
    if (!stop_requested())
        return unused;
    uint64_t until = clock_monotonic_ms() + retry_ms;
    sleep_on(event, retry_ms < REPORTED_FROM_MS ? retry_ms : REPORTED_FROM_MS);
    uint64_t now = clock_monotonic_ms();
    if (now < until && !shutdown_requested()) {
        if (atomic_load(&at_work) > 0)
            msg_warn("stopping: waiting for the database, %" PRIu64 " s at most",
                (whole_ms - REPORTED_FROM_MS + 999) / 1000);
        sleep_on(event, until - now);
    }
    shutdown_now();
    return unused;
}

int shutdown_open(uint64_t grace_ms)
{
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    whole_ms = grace_ms;
    retry_ms = grace_ms - 2 * shutdown_reserve_ms(grace_ms);
    event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event < 0)
        return -1;
    sigfillset(&all); /* signals are for the main thread, whose writes they interrupt */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = pthread_create(&thread, NULL, watch, NULL);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return errno == 0 && (errno = pthread_detach(thread)) == 0 ? 0 : -1;
}
