/* lib/base/outqueue: output that never waits for its reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outqueue.h"
#include "within.h"

struct pipe_ends {
    int reader;
    int writer;
};

static struct pipe_ends open_pipe(void)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    return (struct pipe_ends){ ends[0], ends[1] };
}

static void add(struct outqueue *queue, const char *text)
{
    assert_int_equal(outqueue_add(queue, text, strlen(text)), 0);
}

/* Add a line of ${length} bytes, including its newline. */
static void add_line(struct outqueue *queue, char byte, size_t length)
{
    char *line = malloc(length);
    assert_non_null(line);
    memset(line, byte, length - 1);
    line[length - 1] = '\n';
    assert_int_equal(outqueue_add(queue, line, length), 0);
    free(line);
}

static void test_writes_at_once(void **state)
{
    (void)state;
    struct pipe_ends ends = open_pipe();
    char got[64];
    struct outqueue *queue = outqueue_open(ends.writer);
    assert_int_equal(outqueue_events(queue), 0);
    add(queue, "one\n");
    add(queue, "two");
    assert_int_equal(outqueue_events(queue), POLLOUT);
    assert_int_equal(outqueue_waiting(queue), 7);
    assert_int_equal(outqueue_write(queue), 0);
    assert_int_equal(outqueue_waiting(queue), 0);
    assert_int_equal(outqueue_written(queue), 7);
    add(queue, "\n");
    assert_int_equal(outqueue_write(queue), 0);
    assert_int_equal(read(ends.reader, got, sizeof got), 8);
    assert_memory_equal(got, "one\ntwo\n", 8);
    assert_int_equal(outqueue_close(queue), 0);
    assert_int_equal(read(ends.reader, got, sizeof got), 0);
    close(ends.reader);
}

/*
 * With a reader that takes nothing, fitting lines are written, the rest is kept, and no call
 * blocks.
 */
static void test_blocked_reader(void **state)
{
    (void)state;
    struct pipe_ends ends = open_pipe();
    struct outqueue *queue = outqueue_open(ends.writer);
    static char got[1 << 20];
    size_t total = 0, lines = 0;
    for (int i = 0; i < 400; i++)
        add_line(queue, (char)('a' + i % 26), 1000);
    alarm(20);
    assert_int_equal(outqueue_write(queue), 0);
    assert_true(outqueue_waiting(queue) > 0);
    /* Only whole lines, though a write takes at most PIPE_BUF. */
    assert_int_equal(outqueue_written(queue) % 1000, 0);
    while (outqueue_waiting(queue) > 0) {
        ssize_t count = read(ends.reader, got + total, 5000);
        assert_true(count > 0);
        total += (size_t)count;
        assert_int_equal(outqueue_write(queue), 0);
        assert_int_equal(outqueue_written(queue) % 1000, 0);
    }
    assert_int_equal(outqueue_close(queue), 0);
    for (ssize_t count; (count = read(ends.reader, got + total, 65536)) > 0;)
        total += (size_t)count;
    assert_int_equal(total, 400000);
    for (size_t i = 0; i < total; i += 1000, lines++)
        assert_true(got[i] == (char)('a' + (int)lines % 26) && got[i + 999] == '\n');
    alarm(0);
    close(ends.reader);
}

static void test_cut(void **state)
{
    (void)state;
    struct pipe_ends ends = open_pipe();
    struct outqueue *queue = outqueue_open(ends.writer);
    /* More than a pipe holds, so that the written part ends within this line. */
    add_line(queue, 'x', 200000);
    add_line(queue, 'y', 100);
    alarm(20);
    assert_int_equal(outqueue_write(queue), 0);
    assert_within(outqueue_written(queue), 1, 199999);
    assert_int_equal(outqueue_cut(queue), 200000);
    assert_int_equal(outqueue_written(queue) + outqueue_waiting(queue), 200000);
    alarm(0);
    close(ends.reader);
    assert_int_equal(outqueue_write(queue), -1);
    assert_int_equal(outqueue_close(queue), -1);

    ends = open_pipe();
    queue = outqueue_open(ends.writer);
    add_line(queue, 'x', 100);
    assert_int_equal(outqueue_cut(queue), 0);
    assert_int_equal(outqueue_waiting(queue), 0);
    assert_int_equal(outqueue_close(queue), 0);
    close(ends.reader);
}

static void test_reader_gone(void **state)
{
    (void)state;
    struct pipe_ends ends = open_pipe();
    struct outqueue *queue = outqueue_open(ends.writer);
    assert_int_equal(outqueue_write(queue), 0);
    close(ends.reader);
    /* The error is noticed without anything to write, and it stays. */
    assert_int_equal(outqueue_write(queue), -1);
    assert_int_equal(errno, EPIPE);
    assert_int_equal(outqueue_error(queue), EPIPE);
    add(queue, "x\n");
    assert_int_equal(outqueue_waiting(queue), 0);
    assert_int_equal(outqueue_write(queue), -1);
    assert_int_equal(outqueue_written(queue), 0);
    assert_int_equal(outqueue_close(queue), -1);

    /* The waiting lines are dropped; otherwise a program that waits for room would wait forever. */
    ends = open_pipe();
    queue = outqueue_open(ends.writer);
    for (int i = 0; i < 400; i++)
        add_line(queue, 'x', 1000);
    assert_int_equal(outqueue_write(queue), 0);
    assert_true(outqueue_waiting(queue) > 300000);
    close(ends.reader);
    assert_int_equal(outqueue_write(queue), -1);
    assert_int_equal(outqueue_error(queue), EPIPE);
    assert_int_equal(outqueue_waiting(queue), 0);
    assert_int_equal(outqueue_close(queue), -1);
}

static void test_full_device(void **state)
{
    (void)state;
    struct outqueue *queue = outqueue_open(open("/dev/full", O_WRONLY | O_CLOEXEC));
    assert_int_equal(outqueue_write(queue), 0);
    add(queue, "x\n");
    assert_int_equal(outqueue_write(queue), -1);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(outqueue_close(queue), -1);
    assert_null(outqueue_open(-1));
}

static void test_non_blocking_descriptor(void **state)
{
    (void)state;
    struct pipe_ends ends = open_pipe();
    assert_int_equal(fcntl(ends.writer, F_SETFL, O_NONBLOCK), 0);
    struct outqueue *queue = outqueue_open(ends.writer);
    add_line(queue, 'x', 300000);
    assert_int_equal(outqueue_write(queue), 0);
    assert_true(outqueue_waiting(queue) > 0);
    assert_int_equal(outqueue_error(queue), 0);
    assert_int_equal(outqueue_close(queue), 0);
    close(ends.reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writes_at_once),
        cmocka_unit_test(test_blocked_reader),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_reader_gone),
        cmocka_unit_test(test_full_device),
        cmocka_unit_test(test_non_blocking_descriptor),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
