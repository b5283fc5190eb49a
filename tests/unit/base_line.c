#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/line.h"

struct expected {
    enum line_result result;
    const char *text;
    uint64_t number; /* 0: that after the last */
};

struct sample {
    const char *name;
    const char *input;
    size_t maximum;
    struct expected lines[6];
};

static const struct sample samples[] = {
    { "empty input", "", 100, { { LINE_END, NULL, 0 } } },
    { "one line", "a\n", 100, { { LINE_OK, "a", 0 }, { LINE_END, NULL, 0 } } },
    { "no last newline", "a\nbc", 100,
        { { LINE_OK, "a", 0 }, { LINE_OK, "bc", 0 }, { LINE_END, NULL, 0 } } },
    { "crlf", "a\r\nb\r\n", 100,
        { { LINE_OK, "a", 0 }, { LINE_OK, "b", 0 }, { LINE_END, NULL, 0 } } },
    { "cr inside", "a\rb\n", 100, { { LINE_OK, "a\rb", 0 }, { LINE_END, NULL, 0 } } },
    { "empty lines", "\n\r\n\n", 100, { { LINE_END, NULL, 0 } } },
    { "lines of blanks", "\n \t\na\n\r\n b \n\n  ", 100,
        { { LINE_OK, "a", 3 }, { LINE_OK, " b ", 5 }, { LINE_END, NULL, 0 } } },
    { "blanks over the maximum", "         \na\n", 5,
        { { LINE_OK, "a", 2 }, { LINE_END, NULL, 0 } } },
    { "a byte order mark", "\xef\xbb\xbf{}\r\n\xef\xbb\xbfx\n", 100,
        { { LINE_OK, "{}", 0 }, { LINE_OK, "\xef\xbb\xbfx", 0 }, { LINE_END, NULL, 0 } } },
    { "a byte order mark before blanks", "\xef\xbb\xbf\r\n1", 100,
        { { LINE_OK, "1", 2 }, { LINE_END, NULL, 0 } } },
    { "a byte order mark alone", "\xef\xbb\xbf", 100, { { LINE_END, NULL, 0 } } },
    { "a byte order mark before the maximum",
        "\xef\xbb\xbf"
        "12345\n",
        5, { { LINE_OK, "12345", 0 }, { LINE_END, NULL, 0 } } },
    { "a byte order mark before a long line",
        "\xef\xbb\xbf"
        "12\n",
        1, { { LINE_LONG, "12", 0 }, { LINE_END, NULL, 0 } } },
    { "a byte order mark behind a blank line", "\n\xef\xbb\xbfx", 100,
        { { LINE_OK, "\xef\xbb\xbfx", 2 }, { LINE_END, NULL, 0 } } },
    { "part of a byte order mark", "\xef\xbbx", 100,
        { { LINE_OK, "\xef\xbbx", 0 }, { LINE_END, NULL, 0 } } },
    { "no more than part of one", "\xef\xbb", 100,
        { { LINE_OK, "\xef\xbb", 0 }, { LINE_END, NULL, 0 } } },
    { "exactly the maximum", "12345\nx\n", 5,
        { { LINE_OK, "12345", 0 }, { LINE_OK, "x", 0 }, { LINE_END, NULL, 0 } } },
    { "the maximum and crlf", "12345\r\nx\n", 5,
        { { LINE_OK, "12345", 0 }, { LINE_OK, "x", 0 }, { LINE_END, NULL, 0 } } },
    { "one over", "123456\nx\n", 5,
        { { LINE_LONG, "123456", 0 }, { LINE_OK, "x", 0 }, { LINE_END, NULL, 0 } } },
    { "one over, last", "123456", 5, { { LINE_LONG, "123456", 0 }, { LINE_END, NULL, 0 } } },
};

/* Feed ${input} through a pipe from a child, in writes of ${piece} bytes. */
static int feed(const char *input, size_t length, size_t piece)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        for (size_t at = 0; at < length; at += piece) {
            size_t size = length - at < piece ? length - at : piece;
            if (write(ends[1], input + at, size) != (ssize_t)size)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

static void reads_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        for (size_t piece = 1; piece < 8; piece += 3) {
            print_message("%s, %zu bytes a write\n", samples[i].name, piece);
            int fd = feed(samples[i].input, strlen(samples[i].input), piece);
            struct line_reader *reader = line_open(fd, samples[i].maximum, 0);
            assert_non_null(reader);
            uint64_t number = 0;
            for (const struct expected *want = samples[i].lines;; want++) {
                struct line line;
                assert_int_equal(line_next(reader, -1, &line), want->result);
                if (want->result == LINE_END)
                    break;
                number = want->number != 0 ? want->number : number + 1;
                assert_int_equal(line.number, number);
                assert_int_equal(line.length, strlen(want->text));
                assert_memory_equal(line.text, want->text, line.length);
            }
            line_close(reader);
            close(fd);
            wait(NULL);
        }
    }
}

/* A line of 3 MiB, below and above the maximum, between short ones. */
static void bounds_long_lines(void **state)
{
    (void)state;
    enum { SIZE = 3 << 20 };
    char *input = malloc(SIZE + 4);
    assert_non_null(input);
    memcpy(input, "a\n", 2);
    for (size_t i = 0; i < SIZE; i++)
        input[2 + i] = (char)('a' + i % 23);
    memcpy(input + 2 + SIZE, "\nz", 2);
    for (int over = 0; over < 2; over++) {
        int fd = feed(input, SIZE + 4, 50000);
        struct line_reader *reader = line_open(fd, over ? SIZE - 1 : SIZE, 0);
        struct line line;
        assert_int_equal(line_next(reader, -1, &line), LINE_OK);
        assert_int_equal(line_next(reader, -1, &line), over ? LINE_LONG : LINE_OK);
        assert_int_equal(line.length, over ? LINE_PREFIX : SIZE);
        assert_memory_equal(line.text, input + 2, line.length);
        assert_int_equal(line_next(reader, -1, &line), LINE_OK);
        assert_int_equal(line.length, 1);
        assert_int_equal(line.text[0], 'z');
        assert_int_equal(line_next(reader, -1, &line), LINE_END);
        line_close(reader);
        close(fd);
        wait(NULL);
    }
    free(input);
}

static void waits_no_longer_than_asked(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct line_reader *reader = line_open(ends[0], 100, 0);
    struct line line;
    assert_int_equal(write(ends[1], "half", 4), 4);
    assert_int_equal(line_next(reader, 0, &line), LINE_AGAIN);
    uint64_t before = clock_monotonic_ms();
    assert_int_equal(line_next(reader, 50, &line), LINE_AGAIN);
    assert_true(clock_monotonic_ms() - before >= 49);
    assert_false(line_ready(reader));
    assert_int_equal(write(ends[1], " a line\nnext\n", 13), 13);
    assert_int_equal(line_next(reader, 0, &line), LINE_OK);
    assert_int_equal(line.length, strlen("half a line"));
    assert_true(line_ready(reader));
    assert_int_equal(line_next(reader, 0, &line), LINE_OK);
    assert_int_equal(line_next(reader, 0, &line), LINE_AGAIN);
    close(ends[1]);
    assert_int_equal(line_next(reader, 0, &line), LINE_END);
    assert_int_equal(line_next(reader, -1, &line), LINE_END);
    line_close(reader);
    close(ends[0]);
}

static void reports_read_errors(void **state)
{
    (void)state;
    int fd = open("/", O_RDONLY | O_DIRECTORY);
    struct line_reader *reader = line_open(fd, 100, 0);
    struct line line;
    assert_non_null(reader);
    assert_int_equal(line_next(reader, -1, &line), LINE_ERROR);
    line_close(reader);
    close(fd);
}

/* With only blanks in memory nothing is ready, and no output is delayed for them. */
static void counts_what_it_passes_over(void **state)
{
    (void)state;
    int ends[2];
    char text[LINE_SKIPPED_SIZE];
    assert_int_equal(pipe(ends), 0);
    struct line_reader *reader = line_open(ends[0], 100, 0);
    struct line line;
    assert_string_equal(line_skipped_text(0, text), "");
    assert_int_equal(write(ends[1], "\xef\xbb\xbf\n \na\n\n", 9), 9);
    assert_int_equal(line_next(reader, 0, &line), LINE_OK);
    assert_int_equal(line.number, 3);
    assert_false(line_ready(reader));
    assert_int_equal(line_skipped(reader), 4);
    assert_string_equal(line_skipped_text(line_skipped(reader), text), " skipped=4");
    assert_int_equal(line_next(reader, 0, &line), LINE_AGAIN);
    line_keep_blanks(reader);
    assert_int_equal(write(ends[1], " \n", 2), 2);
    assert_int_equal(line_next(reader, 0, &line), LINE_OK);
    assert_int_equal(line.number, 5);
    assert_int_equal(line.length, 1);
    close(ends[1]);
    assert_int_equal(line_next(reader, 0, &line), LINE_END);
    assert_int_equal(line_skipped(reader), 4);
    line_close(reader);
    close(ends[0]);
}

static void tells_what_a_line_may_have_been(void **state)
{
    static const char start[] = "{\"sqs\":";
    const struct {
        const char *text;
        bool agrees;
    } lines[] = { { "{", true }, { "{\"sq", true }, { start, true }, { "{\"sqs\":{\"m", true },
        { "{\"sqS", false }, { "x", false }, { " {\"sqs\":{", false } };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const struct line line = { .text = lines[i].text, .length = strlen(lines[i].text) };
        assert_int_equal(line_agrees(&line, start), lines[i].agrees);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_samples),
        cmocka_unit_test(bounds_long_lines),
        cmocka_unit_test(waits_no_longer_than_asked),
        cmocka_unit_test(reports_read_errors),
        cmocka_unit_test(counts_what_it_passes_over),
        cmocka_unit_test(tells_what_a_line_may_have_been),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
