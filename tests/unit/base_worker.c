#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/worker.h"
#include "within.h"

enum {
    MIB = 1 << 20,
    MACHINE_HAS = 24 * MIB, /* above it the kernel kills the child */
    LIGHT_TAKES = 2 * MIB,
    TRIES = 5
};

static const struct worker_limits limits = { 200, 256 * MIB, 64 };

/* Shared by parent and child. */
static struct {
    int kills; /* number of children to kill from outside, each at its first request */
    int asked; /* number of requests */
} * shared;

/* Take this many bytes, on a machine that may not have them. */
static void take(size_t bytes)
{
    for (size_t taken = 0; taken < bytes; taken += MIB) {
        if (taken >= MACHINE_HAS)
            (void)raise(SIGKILL);
        if (mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
                0) == MAP_FAILED)
            abort();
    }
}

static void spin(void)
{
    volatile unsigned turns = 0;
    for (;;)
        turns = turns + 1;
}

static void serve(const char *request, size_t length, struct buf *answer)
{
    shared->asked++;
    if (shared->kills > 0) {
        shared->kills--;
        (void)raise(SIGKILL);
    }
    if (length > 0 && *request == 'm')
        take(SIZE_MAX);
    if (length > 0 && *request == 'h') /* heavy: more than the least share, less than the limit */
        take(MACHINE_HAS);
    if (length > 0 && *request == 'c')
        spin();
    if (length > 0 && *request == 'x') /* as AddressSanitizer does where malloc() would give NULL */
        _exit(99);
    if (length > 0 && *request == '0')
        _exit(0);
    take(LIGHT_TAKES);
    buf_append(answer, request, length);
}

static enum worker_result ask(struct worker *worker, const char *request, const char *expected)
{
    struct buf answer;
    buf_init(&answer, 1 << 20);
    enum worker_result result = worker_request(worker, request, strlen(request), &answer);
    int reason = errno;
    if (result == WORKER_ANSWERED)
        assert_string_equal(buf_cstr(&answer), expected);
    buf_free(&answer);
    errno = reason;
    return result;
}

/*
 * A request that uses all memory is to blame, although the kernel kills the process; so is one that
 * uses all time.
 */
static void blames_what_the_kernel_ends(void **state)
{
    struct worker *worker = *state;
    for (int i = 0; i < 2; i++) {
        shared->asked = 0;
        assert_int_equal(ask(worker, "light", "light"), WORKER_ANSWERED);
        assert_int_equal(ask(worker, "memory", ""), WORKER_ENDED);
        assert_within(shared->asked, 4, 1 + TRIES); /* not after the first try */
        assert_int_equal(ask(worker, "cpu", ""), WORKER_ENDED);
        assert_int_equal(ask(worker, "heavy", "heavy"), WORKER_ANSWERED);
    }
}

/* Children that others kill, however often, never blame a request: it is answered or not. */
static void blames_nobody_for_a_signal_from_outside(void **state)
{
    struct worker *worker = *state;
    for (int kills = 0; kills < TRIES; kills++) {
        shared->kills = kills;
        shared->asked = 0;
        assert_int_equal(ask(worker, "light", "light"), WORKER_ANSWERED);
        assert_int_equal(shared->asked, kills + 1);
        /* Only that one request gets smaller shares. */
        assert_int_equal(ask(worker, "heavy", "heavy"), WORKER_ANSWERED);
    }
    shared->kills = TRIES;
    assert_int_equal(ask(worker, "light", ""), WORKER_FAILED);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(ask(worker, "heavy", "heavy"), WORKER_ANSWERED);
    shared->kills = 1; /* a single one does not even reduce the share */
    assert_int_equal(ask(worker, "heavy", "heavy"), WORKER_ANSWERED);
}

/* A request whose code ends the process with exit() is to blame, as after a crash. */
static void blames_what_exits(void **state)
{
    struct worker *worker = *state;
    assert_int_equal(ask(worker, "x", ""), WORKER_ENDED);
    assert_int_equal(ask(worker, "light", "light"), WORKER_ANSWERED);
    assert_int_equal(ask(worker, "0", ""), WORKER_ENDED);
    assert_int_equal(ask(worker, "light", "light"), WORKER_ANSWERED);
}

static int set_up(void **state)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *state = worker_new(serve, &limits);
    return shared == MAP_FAILED || *state == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    worker_free(*state);
    return munmap(shared, sizeof *shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blames_what_the_kernel_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(blames_what_exits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(blames_nobody_for_a_signal_from_outside, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
