#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "confine/confine.h"
#include "confine/protect.h"

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
static int allow_arguments(scmp_filter_ctx filter)
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
    const scmp_datum_t questions[] = { TCGETS, TIOCGWINSZ };
    for (size_t i = 0; i < 2 && error == 0; i++)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 2,
            SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO, 0), SCMP_A1(SCMP_CMP_EQ, questions[i], 0));
    /* abort(3): a signal to this process only */
    if (error == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
            SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
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

#ifdef __SANITIZE_ADDRESS__
static int entered;

/*
 * The leak check at exit would need to open files and trace this process. It is off in a confined
 * process, so that tests run under the full confinement; the unit tests look for leaks.
 */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return entered;
}
#endif

/* Return the last descriptor to close; a sanitizer reports through a high one. */
static unsigned last_descriptor(void)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    return 199;
#else
    return ~0U;
#endif
}

/* Close all descriptors but the standard three and the kept ones. Return 0, or -1 with errno. */
static int close_others(const struct confine_needs *needs)
{
    for (unsigned from = STDERR_FILENO + 1;;) {
        unsigned kept = last_descriptor();
        bool found = false;
        for (size_t i = 0; i < needs->keep_count; i++) {
            unsigned fd = (unsigned)needs->keep[i];
            if (needs->keep[i] >= 0 && fd >= from && fd <= kept) {
                kept = fd;
                found = true;
            }
        }
        if ((!found || kept > from) && descriptors_close(from, found ? kept - 1 : kept) != 0)
            return -1;
        if (!found)
            return 0;
        from = kept + 1;
    }
}

enum confine_result confine_enter(const struct confine_needs *needs)
{
    if (close_others(needs) != 0 || protect_process() != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return CONFINE_UNSUPPORTED;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return CONFINE_FAILED;
    int error = allow_calls(filter);
    if (error == 0)
        error = allow_arguments(filter);
    if (error == 0 && needs->limits)
        error = allow_limits(filter);
    if (error == 0)
        error = seccomp_load(filter);
    seccomp_release(filter);
#ifdef __SANITIZE_ADDRESS__
    entered = error == 0;
#endif
    if (error == 0)
        return CONFINE_ENTERED;
    return error == -ENOMEM ? CONFINE_FAILED : CONFINE_UNSUPPORTED;
}
