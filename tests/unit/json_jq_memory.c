/*
 * Filters that are compiled when memory runs out. Allocations of libjq fail on request, and those
 * of its wrapper, which is compiled again.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static long allocations_left = LONG_MAX;

static void *scarce_malloc(size_t size)
{
    return allocations_left-- > 0 ? malloc(size) : NULL;
}

#define malloc scarce_malloc
#include "json/jq.c"
#include "json/jq_strdup.c"
#undef malloc

#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* libjq calls this one. A size that no machine has makes its own function fail. */
void *jv_mem_alloc(size_t size);
void *jv_mem_alloc(size_t size)
{
    static void *(*real)(size_t);
    if (real == NULL)
        *(void **)(void *)&real = dlsym(RTLD_NEXT, "jv_mem_alloc");
    return real(allocations_left-- > 0 ? size : (size_t)PTRDIFF_MAX - 4096);
}

#ifndef __SANITIZE_ADDRESS__ /* whose malloc it would replace */
/* A libjq linked with -Bsymbolic-functions (Ubuntu's) calls its own function, which calls this. */
void *malloc(size_t size)
{
    static void *(*real)(size_t);
    Dl_info caller = { .dli_sname = NULL };
    if (real == NULL)
        *(void **)(void *)&real = dlsym(RTLD_NEXT, "malloc");
    bool counts = allocations_left < LONG_MAX &&
        dladdr(__builtin_return_address(0), &caller) != 0 && caller.dli_sname != NULL &&
        strcmp(caller.dli_sname, "jv_mem_alloc") == 0;
    return !counts || allocations_left-- > 0 ? real(size) : NULL;
}
#endif

#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}
#endif

enum { MADE = 10, SAYS_SO = 11, SAYS_ELSE = 12 };

/* In a process of its own, as what libjq has allocated is lost. */
static int compile_with(long allocations)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct json_jq_problem problem;
        allocations_left = allocations;
        if (json_jq_new("tonumber | [., 1]", 17, &problem) != NULL)
            _exit(MADE);
        _exit(problem.what == NULL ? SAYS_SO : SAYS_ELSE);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status)); /* libjq would end it by a signal */
    return WEXITSTATUS(status);
}

static void says_when_there_is_no_memory(void **state)
{
    (void)state;
    int result = SAYS_SO, refused = 0;
    for (long left = 0; result == SAYS_SO; left += 1 + left / 20) {
        result = compile_with(left);
        refused += result == SAYS_SO;
    }
    assert_int_equal(result, MADE);
    assert_true(refused > 10);
}

static int digits_with(long allocations)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool keeps;
        allocations_left = allocations;
        _exit(json_jq_keeps_digits(&keeps) == 0 ? MADE : SAYS_SO);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void cannot_tell_the_digits_without_memory(void **state)
{
    (void)state;
    int result = SAYS_SO;
    assert_int_equal(digits_with(0), SAYS_SO);
    for (long left = 1; left < 1000 && result == SAYS_SO; left++)
        result = digits_with(left);
    assert_int_equal(result, MADE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_when_there_is_no_memory),
        cmocka_unit_test(cannot_tell_the_digits_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
