#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>

#include "base/clock.h"
#include "base/stop.h"
#include "halt.h"

static int event = -1;
static atomic_bool requested;
static uint64_t patience_ms;

void halt_now(void)
{
    atomic_store(&requested, true);
    if (event >= 0)
        (void)eventfd_write(event, 1); /* fails only when it would overflow: it is readable then */
}

bool halt_requested(void)
{
    return atomic_load(&requested);
}

int halt_fd(void)
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
    if (stop_requested()) {
        sleep_on(-1, patience_ms);
        halt_now();
    }
    return unused;
}

int halt_open(uint64_t grace_ms)
{
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    patience_ms = grace_ms + HALT_RESERVE_MS;
    event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event < 0)
        return -1;
    sigfillset(&all); /* signals are for the main thread, whose writes they interrupt */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = pthread_create(&thread, NULL, watch, NULL);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return errno == 0 && (errno = pthread_detach(thread)) == 0 ? 0 : -1;
}
