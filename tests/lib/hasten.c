/*
 * Loaded into a program by LD_PRELOAD, this runs the monotonic clock HASTEN times as fast and
 * shortens the waits of poll(2) accordingly. An hour passes in seconds.
 *
 *     cc -shared -fPIC -o hasten.so tests/lib/hasten.c
 */
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t factor(void)
{
    static int64_t read;
    if (read == 0)
        read = strtoll(getenv("HASTEN"), NULL, 10);
    return read;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
    int status = (int)syscall(SYS_clock_gettime, id, now);
    if (status == 0 && id != CLOCK_REALTIME) {
        int64_t ns = ((int64_t)now->tv_sec % 1000000 * 1000000000 + now->tv_nsec) * factor();
        now->tv_sec = ns / 1000000000;
        now->tv_nsec = ns % 1000000000;
    }
    return status;
}

int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    int64_t ns = (int64_t)timeout_ms * 1000000 / factor();
    struct timespec left = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
    return (int)syscall(SYS_ppoll, fds, count, timeout_ms < 0 ? NULL : &left, NULL, 0);
}
