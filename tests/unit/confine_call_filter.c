#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "confine/confine.h"

/* Replaces write(2) of libseccomp: a number of bytes after which each write is cut. */
static size_t longest = SIZE_MAX;

ssize_t write(int fd, const void *data, size_t size);
ssize_t write(int fd, const void *data, size_t size)
{
    return syscall(SYS_write, fd, data, size < longest ? size : longest);
}

/* Bytes of the program, at eight a line. */
enum { LEAST = 256, MOST = 8192 };

/* Return the result of confine_enter, in a child of its own. */
static enum confine_result enter(void)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        static const struct confine_needs nothing;
        _exit((int)confine_enter(&nothing));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return (enum confine_result)WEXITSTATUS(status);
}

/* Both copies are cut alike, in the middle of a line or between two, until nothing is cut. */
static void refuses_a_filter_that_was_cut(void **state)
{
    (void)state;
    enum confine_result result = CONFINE_FAILED;
    for (longest = 0; longest < MOST && result == CONFINE_FAILED; longest += 4)
        result = enter();
    size_t whole = longest;
    longest = SIZE_MAX;
    assert_true(whole > LEAST);
    assert_int_equal(result, enter());
}

static void takes_one_that_is_whole(void **state)
{
    (void)state;
    assert_int_not_equal(enter(), CONFINE_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_a_filter_that_was_cut),
        cmocka_unit_test(takes_one_that_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
