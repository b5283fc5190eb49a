#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine/call_filter.h"

/*
 * libseccomp makes the program, in a child that does nothing else. When out of memory, libseccomp
 * 2.5 follows a null pointer or one list forever, frees twice, or leaves calls out without an
 * error. So the child makes the program twice, and the parent takes it when both are alike.
 */
enum {
    COPIES = 2,
    MAX_LINES = 512,
    MAX_CPU_S = 2 /* it takes some milliseconds */
};

/* Names that an architecture lacks get negative numbers and are skipped. */
static const int calls[] = {
    /* data */
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(poll),
    SCMP_SYS(ppoll), SCMP_SYS(ppoll_time64), SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(fstat),
    SCMP_SYS(fstat64), SCMP_SYS(close),
    /* memory; mmap and mprotect are below */
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(munlock),
    SCMP_SYS(futex), SCMP_SYS(futex_time64),
    /* time and random bytes */
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),
    /* signals and exit */
    SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(restart_syscall), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(exit),
    SCMP_SYS(exit_group),
#ifdef __SANITIZE_ADDRESS__
    SCMP_SYS(sigaltstack), /* at the end of its runtime */
#endif
};

static int allow_calls(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
        if (error != 0)
            return error;
    }
    return 0;
}

/* Allow calls that are harmless with some arguments only. */
static int allow_arguments(scmp_filter_ctx filter, pid_t self)
{
    const scmp_datum_t prot_exec = PROT_EXEC;
    const scmp_datum_t anonymous = MAP_ANONYMOUS;
    const int maps[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2) };
    int error = 0;
    for (size_t i = 0; i < 2 && error == 0; i++)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, maps[i], 2,
            SCMP_A2(SCMP_CMP_MASKED_EQ, prot_exec, 0),
            SCMP_A3(SCMP_CMP_MASKED_EQ, anonymous, anonymous));
    if (error == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
            SCMP_A2(SCMP_CMP_MASKED_EQ, prot_exec, 0));
    /* isatty(3), for the summary; and the width of the live line */
    const scmp_datum_t questions[] = {
        TIOCGWINSZ, TCGETS,
#ifdef TCGETS2
        TCGETS2, /* glibc since 2.42 */
#endif
    };
    for (size_t i = 0; i < sizeof questions / sizeof *questions && error == 0; i++)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 2,
            SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO, 0), SCMP_A1(SCMP_CMP_EQ, questions[i], 0));
    /* abort(3): a signal to this process only */
    if (error == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
            SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)self, 0));
    return error;
}

/* Allow a limit on itself and a timer of processor time, for work that has them per request. */
static int allow_limits(scmp_filter_ctx filter)
{
    int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(setitimer), 0);
    if (error == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(setrlimit), 0);
    if (error == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(getrlimit), 0);
    if (error == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
            SCMP_A0(SCMP_CMP_EQ, 0, 0));
    return error;
}

/* Write the program to the descriptor. Return 0, or -1. */
static int make(int to, bool limits, pid_t self)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return -1;
    int error = allow_calls(filter);
    if (error == 0)
        error = allow_arguments(filter, self);
    if (error == 0 && limits)
        error = allow_limits(filter);
    if (error == 0)
        error = seccomp_export_bpf(filter, to);
    seccomp_release(filter);
    return error == 0 ? 0 : -1;
}

/* Write the copies, and end the process. */
static _Noreturn void be_maker(int to, bool limits, pid_t self)
{
    const struct rlimit time = { MAX_CPU_S, MAX_CPU_S };
    /* glibc reports what frees twice, in words of its own. The parent sees the end. */
    if (to != STDERR_FILENO)
        (void)close(STDERR_FILENO);
    int error = setrlimit(RLIMIT_CPU, &time);
    for (int i = 0; i < COPIES && error == 0; i++)
        error = make(to, limits, self);
    _exit(error == 0 ? 0 : 1);
}

/* Read until the end, an error, or ${size} bytes. Return their number. */
static size_t read_all(int from, char *data, size_t size)
{
    size_t length = 0;
    ssize_t got;
    while (length < size && (got = read(from, data + length, size - length)) != 0) {
        if (got > 0)
            length += (size_t)got;
        else if (errno != EINTR)
            break;
    }
    return length;
}

/* Load the program if all copies of it are there and alike. Return 0, or -1 with errno. */
static int load(struct sock_filter *lines, size_t length)
{
    size_t size = length / COPIES;
    size_t count = size / sizeof *lines;
    if (count == 0 || length != COPIES * size || count > MAX_LINES ||
        memcmp(lines, (const char *)lines + size, size) != 0) {
        errno = ENOMEM;
        return -1;
    }
    /* All are cut alike. The kernel refuses those that are cut between two lines. */
    if (size % sizeof *lines != 0) {
        errno = EINVAL;
        return -1;
    }
    const struct sock_fprog program = { (unsigned short)count, lines };
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ? 0 : -1;
}

/*
 * Start a process that makes the program. Return its id, or -1 with errno; ${from} gets its output.
 */
static pid_t start_maker(int *from, bool limits)
{
    pid_t self = getpid();
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        errno = ENOMEM;
        return -1;
    }
    pid_t child = fork();
    if (child == 0)
        be_maker(ends[1], limits, self);
    int error = errno == EAGAIN ? ENOMEM : errno;
    (void)close(ends[1]);
    if (child < 0)
        (void)close(ends[0]);
    *from = ends[0];
    errno = error;
    return child;
}

/* Make the copies and load one of them. Return 0, or -1 with errno. */
static int make_and_load(bool limits)
{
    struct sock_filter lines[COPIES * MAX_LINES + 1];
    int from;
    pid_t child = start_maker(&from, limits);
    if (child < 0)
        return -1;
    size_t length = read_all(from, (char *)lines, sizeof lines);
    (void)close(from);
    /* Where SIGCHLD is ignored, this finds no child. */
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return load(lines, length);
}

int call_filter_load(bool limits)
{
    int status = make_and_load(limits);
    /* Once more: libseccomp does not repeat a write that a signal interrupts. */
    return status != 0 && errno == ENOMEM ? make_and_load(limits) : status;
}
