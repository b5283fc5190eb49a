#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "confine/confine.h"

/* Each returns 0 when the call failed with EPERM. */
static int refused(long result)
{
    return result == -1 && errno == EPERM ? 0 : 1;
}

static int try_open(void)
{
    return refused(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

static int try_create(void)
{
    return refused(open("/tmp", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
}

static int try_socket(void)
{
    return refused(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int try_internet(void)
{
    return refused(socket(AF_INET, SOCK_STREAM, 0));
}

static int try_exec(void)
{
    char name[] = "/bin/true";
    char *arguments[] = { name, NULL };
    return refused(execve(name, arguments, NULL));
}

static int try_fork(void)
{
    return refused(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static int try_kill(void)
{
    return refused(kill(getppid(), 0)) | refused(kill(1, 0));
}

static int try_executable_memory(void)
{
    return refused(
        (long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static int try_map_a_file(void)
{
    return refused((long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0));
}

static int try_to_make_executable(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? 2 : refused(mprotect(memory, 4096, PROT_READ | PROT_EXEC));
}

/* Of the terminal on standard error it may ask, as isatty(3) does; of no other. */
static int try_ioctl(void)
{
    struct termios modes;
    return refused(ioctl(STDIN_FILENO, TCGETS, &modes)) |
        refused(ioctl(STDERR_FILENO, FIONREAD, &modes));
}

/* The high half of an argument counts, too: the kernel ignores it here, and would answer. */
static int try_high_half(void)
{
    struct termios modes;
    return refused(syscall(SYS_ioctl, STDERR_FILENO | (1UL << 40), TCGETS, &modes));
}

static int try_timer(void)
{
    const struct itimerval timer = { .it_value = { .tv_sec = 60 } };
    return refused(setitimer(ITIMER_PROF, &timer, NULL));
}

static int try_limit(void)
{
    const struct rlimit limit = { 0, 0 };
    return refused(setrlimit(RLIMIT_CORE, &limit));
}

static int try_unlink(void)
{
    return refused(unlink("/nothing-of-that-name"));
}

static int try_dumpable(void)
{
    return refused(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

/* Do the work of a filter. */
static int work(void)
{
    char byte;
    int ends[2] = { 3, 4 }; /* of the pipe made before */
    void *memory = malloc(8 << 20);
    int failed = memory == NULL || write(ends[1], "x", 1) != 1 || read(ends[0], &byte, 1) != 1 ||
        clock_monotonic_ms() == 0 || close(ends[0]) != 0;
    free(memory);
    return failed;
}

/* A terminal or none: the kernel answers. */
static int ask_of_stderr(void)
{
    struct winsize size;
    errno = 0;
    (void)isatty(STDERR_FILENO);
    int first = errno;
    errno = 0;
    (void)ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
    return first == EPERM || errno == EPERM;
}

static int change_protection(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED || mprotect(memory, 4096, PROT_READ | PROT_WRITE) != 0;
}

static int set_limits(void)
{
    const struct rlimit limit = { 64, 64 };
    const struct itimerval timer = { .it_value = { .tv_sec = 60 } };
    return setrlimit(RLIMIT_NOFILE, &limit) != 0 || setitimer(ITIMER_PROF, &timer, NULL) != 0;
}

static int abort_itself(void)
{
    abort();
}

/* The pipe of work(). */
static const int pipe_ends[] = { 4, 3 };
static const struct confine_needs needs = { .keep = pipe_ends, .keep_count = 2 };

static const struct confine_needs with_limits = { .keep = pipe_ends,
    .keep_count = 2,
    .limits = true };

/* Return the status of a confined process that does this, as waitpid(2) gives it. */
static int enter_with(const struct confine_needs *wanted, int (*try)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int ends[2];
        if (dup2(open("/dev/zero", O_RDONLY | O_CLOEXEC), STDIN_FILENO) == -1 || pipe(ends) != 0 ||
            dup2(ends[0], 3) != 3 || dup2(ends[1], 4) != 4)
            _exit(99);
        if (confine_enter(wanted) != CONFINE_ENTERED)
            _exit(98);
        _exit(try());
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static int enter_and(int (*try)(void))
{
    int status = enter_with(&needs, try);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void refuses_what_a_filter_needs_not(void **state)
{
    (void)state;
    int (*const tries[])(void) = {
        try_open,
        try_create,
        try_socket,
        try_internet,
        try_exec,
        try_fork,
        try_kill,
        try_executable_memory,
        try_map_a_file,
        try_unlink,
        try_dumpable,
        try_to_make_executable,
        try_ioctl,
#if __SIZEOF_LONG__ == 8
        try_high_half,
#endif
        try_timer,
        try_limit
    };
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        /* outside the call works, or the test would prove nothing; execve would end this program */
        assert_int_equal(enter_and(tries[i]), 0);
        if (tries[i] == try_open || tries[i] == try_socket || tries[i] == try_executable_memory)
            assert_int_equal(tries[i](), 1);
    }
}

static void allows_the_work(void **state)
{
    (void)state;
    assert_int_equal(enter_and(work), 0);
    assert_int_equal(enter_and(ask_of_stderr), 0);
    assert_int_equal(enter_and(change_protection), 0);
    int status = enter_with(&needs, abort_itself);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void allows_limits_where_needed(void **state)
{
    (void)state;
    assert_int_equal(enter_with(&with_limits, set_limits), 0);
    assert_int_equal(enter_with(&with_limits, work), 0);
    assert_int_equal(enter_with(&with_limits, try_socket), 0);
    assert_int_equal(enter_with(&with_limits, try_ioctl), 0);
}

/* A confined process, inspected from its neighbours. */
static void shows_from_outside(void **state)
{
    (void)state;
    int said[2], told[2];
    assert_int_equal(pipe(said), 0);
    assert_int_equal(pipe(told), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char go;
        const int keep[] = { told[0], -1, said[1] };
        const struct confine_needs own = { .keep = keep, .keep_count = 3 };
        if (confine_enter(&own) != CONFINE_ENTERED || write(said[1], "x", 1) != 1)
            _exit(1);
        _exit(read(told[0], &go, 1) == 1 ? 0 : 2);
    }
    close(said[1]);
    char byte;
    assert_int_equal(read(said[0], &byte, 1), 1); /* 0: it has ended */
    char name[64];
    char line[256];
    (void)snprintf(name, sizeof name, "/proc/%d/status", (int)child);
    FILE *file = fopen(name, "re");
    assert_non_null(file);
    int found = 0;
    while (fgets(line, sizeof line, file) != NULL)
        found += strcmp(line, "NoNewPrivs:\t1\n") == 0 || strcmp(line, "Seccomp:\t2\n") == 0;
    fclose(file);
    assert_int_equal(found, 2);
    int status;
    assert_int_equal(write(told[1], "x", 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(said[0]);
    close(told[0]);
    close(told[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_a_filter_needs_not),
        cmocka_unit_test(allows_the_work),
        cmocka_unit_test(allows_limits_where_needed),
        cmocka_unit_test(shows_from_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
