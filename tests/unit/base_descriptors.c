#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/descriptors.h"

/* High ones, which the test itself does not use. */
enum { FIRST = 60, LAST = 69 };

static void open_them(void)
{
    for (int fd = FIRST; fd <= LAST; fd++)
        assert_int_equal(dup2(STDERR_FILENO, fd), fd);
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) != -1;
}

/* With the system call, and with the replacement for it. */
static int (*const closings[])(unsigned first, unsigned last) = { descriptors_close,
    descriptors_close_each };

static void closes_the_range_and_no_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof closings / sizeof *closings; i++) {
        open_them();
        assert_int_equal(closings[i](FIRST + 2, LAST - 3), 0);
        for (int fd = FIRST; fd <= LAST; fd++)
            assert_int_equal(is_open(fd), fd < FIRST + 2 || fd > LAST - 3);
        assert_int_equal(closings[i](FIRST + 2, LAST - 3), 0); /* none is open */
        assert_int_equal(closings[i](LAST, LAST), 0);
        assert_false(is_open(LAST));
    }
}

/* Close to the highest, in a child, which does not need them. */
static void closes_to_the_highest(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof closings / sizeof *closings; i++) {
        open_them();
        pid_t child = fork();
        if (child == 0) {
            int failed = closings[i](FIRST + 1, ~0U);
            for (int fd = FIRST; fd <= LAST; fd++)
                failed |= is_open(fd) != (fd == FIRST);
            _exit(failed != 0);
        }
        int status = 1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
}

/* Without access to a directory that lists them, nothing is reported as closed. */
static void tells_that_it_cannot(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit few = { LAST + 1, LAST + 1 };
        if (setrlimit(RLIMIT_NOFILE, &few) != 0)
            _exit(3);
        while (dup(STDERR_FILENO) != -1)
            ;
        posix_spawn_file_actions_t actions;
        if (posix_spawn_file_actions_init(&actions) != 0)
            _exit(2);
        _exit(descriptors_close_each(FIRST, ~0U) != -1 ||
            descriptors_spawn_close_each(&actions, FIRST) == 0);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_started_program_has_none(void **state)
{
    (void)state;
    static int (*const spawnings[])(posix_spawn_file_actions_t * actions,
        int first) = { descriptors_spawn_close, descriptors_spawn_close_each };
    /* The shell's own descriptors are below. */
    static char script[] = "test -e /proc/$$/fd/61 && ! test -e /proc/$$/fd/62 && "
                           "! test -e /proc/$$/fd/69";
    char *words[] = { (char[]){ "sh" }, (char[]){ "-c" }, script, NULL };
    for (size_t i = 0; i < sizeof spawnings / sizeof *spawnings; i++) {
        posix_spawn_file_actions_t actions;
        pid_t child;
        int status = 1;
        open_them();
        assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
        assert_int_equal(spawnings[i](&actions, FIRST + 2), 0);
        assert_int_equal(posix_spawnp(&child, "sh", &actions, NULL, words, environ), 0);
        assert_int_equal(posix_spawn_file_actions_destroy(&actions), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closes_the_range_and_no_more),
        cmocka_unit_test(closes_to_the_highest),
        cmocka_unit_test(tells_that_it_cannot),
        cmocka_unit_test(a_started_program_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
