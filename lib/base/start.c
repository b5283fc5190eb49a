#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/start.h"

enum { LARGE_BLOCK = 128 << 10 };

/*
 * In a pipeline each write wakes the next program. As an interactive process it would preempt the
 * writer after a few lines. As batch work it waits for its turn and finds more lines: half the
 * context switches, and a tenth less processor time. A non-default policy was set on purpose; keep
 * it.
 */
static void take_turns(void)
{
    const struct sched_param parameter = { .sched_priority = 0 };
    if (sched_getscheduler(0) == SCHED_OTHER)
        (void)sched_setscheduler(0, SCHED_BATCH, &parameter);
}

/*
 * Return large blocks to the system as they are freed. After the first of them, glibc would keep
 * the next ones, up to 32 MiB each, in its heap (mallopt(3), M_MMAP_THRESHOLD). The gaps between
 * them took up to 11 MiB of a program that may take 32.
 */
static void give_memory_back(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
#endif
}

void start_reading(void)
{
    if (msg_level() >= MSG_NORMAL && isatty(STDIN_FILENO))
        msg_hint("reading from the terminal; ctrl-D ends the input");
}

int start_program(const char *argv0)
{
    const char *slash = argv0 == NULL ? NULL : strrchr(argv0, '/');
    msg_init(slash != NULL ? slash + 1 : argv0 != NULL ? argv0 : "sqs2pg");
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) != -1 || errno != EBADF)
            continue;
        /* open() returns the lowest free number, which is this one. */
        if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            return -1;
    }
    take_turns();
    give_memory_back();
    umask(umask(0) | 022);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
        return -1;
    return 0;
}
