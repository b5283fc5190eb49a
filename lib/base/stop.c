#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/stop.h"

static volatile sig_atomic_t requested;
static int ends[2] = { -1, -1 };

static void on_signal(int number)
{
    if (requested)
        _exit(128 + number);
    requested = 1;
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
    return requested != 0;
}

int stop_fd(void)
{
    return ends[0];
}
