#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/stop.h"

/* Atomic, for other threads too; lock-free, as a signal handler needs it. */
static atomic_int requested;
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a handler may set it");

static int ends[2] = { -1, -1 };

static void on_signal(int number)
{
    if (atomic_exchange(&requested, 1) != 0)
        _exit(128 + number);
    int saved = errno;
    ssize_t written = write(ends[1], "", 1);
    (void)written; /* the pipe is empty and non-blocking: it cannot be full */
    errno = saved;
}

int stop_install(void)
{
    if (ends[0] == -1 && pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return -1;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGTERM, &action, NULL) != 0 || sigaction(SIGINT, &action, NULL) != 0)
        return -1;
    return 0;
}

bool stop_requested(void)
{
    return atomic_load_explicit(&requested, memory_order_relaxed) != 0;
}

int stop_fd(void)
{
    return ends[0];
}

void stop_descriptors(int descriptors[STOP_DESCRIPTORS])
{
    descriptors[0] = ends[0];
    descriptors[1] = ends[1];
}
