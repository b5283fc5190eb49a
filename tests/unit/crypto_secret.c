#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "within.h"

#ifdef __SANITIZE_ADDRESS__
enum { MLOCK_IS_REPLACED = 1 }; /* by the sanitizer, with a function that does nothing */
#else
enum { MLOCK_IS_REPLACED = 0 };
#endif

/* Read the kernel's flags of the mapping at ${address}: the VmFlags line of smaps. */
static void mapping_flags(const void *address, char *flags, size_t size)
{
    FILE *file = fopen("/proc/self/smaps", "r");
    char line[1024];
    int inside = 0;

    assert_non_null(file);
    flags[0] = '\0';
    while (fgets(line, sizeof(line), file) != NULL) {
        unsigned long start;
        unsigned long end;

        if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
            inside = start <= (uintptr_t)address && (uintptr_t)address < end;
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(flags, size, "%s", line);
    }
    fclose(file);
    assert_true(flags[0] != '\0');
}

static void keeps_secrets_out_of_swap_and_dumps(void **state)
{
    (void)state;
    char flags[1024];
    void *memory;
    enum secret_result result = secret_alloc(5000, &memory);
    unsigned char *bytes = memory;

    assert_int_not_equal(result, SECRET_NO_MEMORY);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(bytes[i], 0);
    memset(bytes, 0xaa, 5000);
    mapping_flags(bytes, flags, sizeof(flags));
    assert_non_null(strstr(flags, " dd"));
    if (!MLOCK_IS_REPLACED)
        assert_int_equal(strstr(flags, " lo") != NULL, result == SECRET_LOCKED);
    secret_free(memory, 5000);
    secret_free(NULL, 5000);
}

/*
 * Run in a child: return exit status 0 when unlockable memory is reported as such, and is usable.
 */
static int alloc_without_right_to_lock(void)
{
    static const struct rlimit nothing;
    void *memory;
    enum secret_result result;

    if (setrlimit(RLIMIT_MEMLOCK, &nothing) != 0)
        return 2;
    /* root may lock memory at any limit */
    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
        return 3;
    result = secret_alloc(100, &memory);
    if (memory == NULL)
        return 4;
    memset(memory, 1, 100);
    secret_free(memory, 100);
    return result == SECRET_UNLOCKED || MLOCK_IS_REPLACED ? 0 : 5;
}

static void says_when_it_may_not_lock(void **state)
{
    (void)state;
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0)
        _exit(alloc_without_right_to_lock());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void answers_impossible_sizes(void **state)
{
    (void)state;
    void *memory = &memory;

    assert_int_equal(secret_alloc(0, &memory), SECRET_NO_MEMORY);
    assert_null(memory);
    assert_int_equal(secret_alloc((size_t)1 << 62, &memory), SECRET_NO_MEMORY);
    assert_null(memory);
}

static void wipes_and_compares(void **state)
{
    (void)state;
    unsigned char a[40];
    unsigned char b[40];

    memset(a, 5, sizeof(a));
    memset(b, 5, sizeof(b));
    assert_true(secret_equal(a, b, sizeof(a)));
    for (size_t i = 0; i < sizeof(a); i++) {
        b[i] ^= 0x40;
        assert_false(secret_equal(a, b, sizeof(a)));
        assert_true(secret_equal(a, b, i));
        b[i] ^= 0x40;
    }
    assert_true(secret_equal(NULL, NULL, 0));
    secret_wipe(a, 39);
    for (size_t i = 0; i < 39; i++)
        assert_int_equal(a[i], 0);
    assert_int_equal(a[39], 5);
    secret_wipe(NULL, 0);
}

static void ignore_alarm(int signal_number)
{
    (void)signal_number;
}

/* Interrupts come constantly, so that getrandom(2) gives the bytes in pieces. */
static void draws_random_bytes(void **state)
{
    (void)state;
    enum { SIZE = 33 << 20 };
    static const struct itimerval often = { { 0, 1000 }, { 0, 1000 } };
    static const struct itimerval never;
    struct sigaction action = { .sa_handler = ignore_alarm };
    unsigned char *bytes = calloc(1, SIZE);
    unsigned char other[32];
    size_t counts[256] = { 0 };

    assert_non_null(bytes);
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    assert_int_equal(random_bytes(bytes, SIZE), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    assert_int_equal(random_bytes(other, sizeof(other)), 0);
    assert_int_equal(random_bytes(NULL, 0), 0);
    assert_memory_not_equal(bytes, other, sizeof(other));
    for (size_t i = SIZE - 65536; i < SIZE; i++)
        counts[bytes[i]]++;
    /* 256 each on average, with a deviation of 16: ten of them never happen. */
    for (size_t i = 0; i < 256; i++)
        assert_within(counts[i], 256 - 160, 256 + 160);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_secrets_out_of_swap_and_dumps),
        cmocka_unit_test(says_when_it_may_not_lock),
        cmocka_unit_test(answers_impossible_sizes),
        cmocka_unit_test(wipes_and_compares),
        cmocka_unit_test(draws_random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
