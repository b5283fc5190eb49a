/*
 * OpenSSL's initialisation when memory runs out. Its wrapper is compiled again with an allocator
 * that fails on request. Each try is a child process with a fresh OpenSSL.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static long first_to_fail = LONG_MAX, last_to_fail, allocations;

static void *scarce_malloc(size_t size)
{
    long number = allocations++;
    return number >= first_to_fail && number <= last_to_fail ? NULL : malloc(size);
}

#define malloc scarce_malloc
#include "crypto/algorithms.c"
#undef malloc

enum { TIME_S = 30, DONE = 10, REFUSED = 11 };

/* Fail the allocations from the one to the other, counted from 0. */
static int init_failing(long first, long last)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)alarm(TIME_S);
        first_to_fail = first;
        last_to_fail = last;
        _exit(algorithms_init() == 0 ? DONE : REFUSED);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status)); /* a signal: it hangs, or has crashed */
    return WEXITSTATUS(status);
}

static void begins_without_memory(void **state)
{
    (void)state;
    assert_int_equal(init_failing(0, 0), DONE);
    assert_int_equal(init_failing(1, 1), DONE);
    assert_int_equal(init_failing(0, 1), DONE);
}

static void refuses_without_memory(void **state)
{
    (void)state;
    int refused = 0;
    assert_int_equal(init_failing(LONG_MAX, LONG_MAX), DONE);
    for (long first = 0; first < 100; first++)
        refused += init_failing(first, LONG_MAX - 1) == REFUSED;
    assert_int_equal(refused, 100);
    for (long one = 0; one < 100; one++)
        (void)init_failing(one, one);
}

static char *same(char *data)
{
    return data;
}

/* Hides from the analyzer where the data is: to it, release() frees all memory. */
static char *(*volatile hidden)(char *data) = same;

/* What came from the reserve is grown and freed like the rest. */
static void grows_and_frees(void **state)
{
    (void)state;
    first_to_fail = 0;
    last_to_fail = LONG_MAX - 1;
    initialising = true;
    assert_ptr_equal(allocate(40, "", 0), reserve);
    memcpy(reserve, "content", 8);
    assert_ptr_equal(allocate(sizeof reserve, "", 0), NULL);
    initialising = false;
    assert_ptr_equal(allocate(40, "", 0), NULL);
    assert_ptr_equal(resize(hidden(reserve), 80, "", 0), NULL);
    first_to_fail = LONG_MAX;
    char *moved = resize(hidden(reserve), 80, "", 0);
    if (moved == NULL)
        abort();
    assert_false(is_reserved(moved));
    assert_string_equal(moved, "content");
    release(hidden(reserve), "", 0);
    release(NULL, "", 0);
    moved = resize(moved, 4000, "", 0);
    assert_string_equal(moved, "content");
    assert_ptr_equal(resize(moved, 0, "", 0), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_without_memory),
        cmocka_unit_test(refuses_without_memory),
        cmocka_unit_test(grows_and_frees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
