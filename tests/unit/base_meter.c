#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/meter.h"
#include "base/metrics.h"
#include "base/msg.h"
#include "base/progress.h"

static char folder[] = "/tmp/base_meter.XXXXXX";
static char file[64];

static int enter(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return -1;
    snprintf(file, sizeof file, "%s/x.prom", folder);
    msg_init("tester");
    return 0;
}

static int leave(void **state)
{
    (void)state;
    (void)unlink(file);
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static const char *content(const char *name)
{
    static char text[8192];
    int fd = open(name, O_RDONLY);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    text[got > 0 ? got : 0] = '\0';
    if (fd >= 0)
        close(fd);
    return text;
}

static unsigned files(void)
{
    unsigned count = 0;
    DIR *all = opendir(folder);
    assert_non_null(all);
    for (const struct dirent *entry; (entry = readdir(all)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(all);
    return count;
}

/* What stderr gets between capture() and caught(); through a terminal if ${columns} is not 0. */
static int reading = -1, saved = -1;
static void capture(unsigned short columns)
{
    int ends[2];
    if (columns == 0) {
        assert_int_equal(pipe(ends), 0);
    } else {
        ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
        assert_true(ends[0] >= 0 && grantpt(ends[0]) == 0 && unlockpt(ends[0]) == 0);
        ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY);
        assert_true(ends[1] >= 0);
        struct termios raw;
        assert_int_equal(tcgetattr(ends[1], &raw), 0);
        cfmakeraw(&raw);
        assert_int_equal(tcsetattr(ends[1], TCSANOW, &raw), 0);
        struct winsize size = { .ws_row = 24, .ws_col = columns };
        assert_int_equal(ioctl(ends[1], TIOCSWINSZ, &size), 0);
    }
    saved = dup(STDERR_FILENO);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    close(ends[1]);
    reading = ends[0];
}

static const char *caught(void)
{
    static const char end = '\001';
    static char text[8192];
    size_t length = 0;
    /* A terminal hands on what was written when it likes; what comes last shows that all is there.
     */
    assert_int_equal(write(STDERR_FILENO, &end, 1), 1);
    while (length == 0 || text[length - 1] != end) {
        ssize_t got = read(reading, text + length, sizeof text - length);
        assert_true(got > 0);
        length += (size_t)got;
    }
    text[length - 1] = '\0';
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(reading);
    return text;
}

static const struct metric table[] = {
    { "sqs2pg_things_total", "Things seen.", METRIC_COUNTER },
    { "sqs2pg_held", "Things held now.", METRIC_GAUGE },
    METER_LAST_SUCCESS,
};
enum { ROWS = sizeof table / sizeof *table };

static void writes_figures(void **state)
{
    (void)state;
    const struct metrics_config config = { file, "queue", "a\"b\\c\nd", table, ROWS };
    struct metrics *metrics = metrics_open(&config);
    assert_non_null(metrics);
    assert_int_equal(files(), 0);
    const uint64_t values[] = { UINT64_MAX, 0, 1763715600007 };
    assert_int_equal(metrics_write(metrics, values), 0);
    assert_int_equal(files(), 1);
    const char *text = strstr(content(file), "# HELP sqs2pg_things_total");
    assert_non_null(text);
#define SERIES "{program=\"tester\",queue=\"a\\\"b\\\\c\\nd\"} "
    assert_string_equal(text,
        "# HELP sqs2pg_things_total Things seen.\n"
        "# TYPE sqs2pg_things_total counter\n"
        "sqs2pg_things_total" SERIES "18446744073709551615\n"
        "# HELP sqs2pg_held Things held now.\n"
        "# TYPE sqs2pg_held gauge\n"
        "sqs2pg_held" SERIES "0\n"
        "# HELP sqs2pg_last_success_timestamp_seconds When a poll, a commit or a delete last "
        "succeeded, in seconds since 1970.\n"
        "# TYPE sqs2pg_last_success_timestamp_seconds gauge\n"
        "sqs2pg_last_success_timestamp_seconds" SERIES "1763715600.007\n");
    struct stat status;
    assert_int_equal(stat(file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0644);
    metrics_free(metrics);
    unlink(file);
}

static bool has(const char *line)
{
    return strstr(content(file), line) != NULL;
}

static void keeps_the_last_success_of_an_earlier_run(void **state)
{
    (void)state;
    const struct metrics_config config = { file, "queue", "q", table, ROWS };
    const struct metrics_config other = { file, "queue", "other", table, ROWS };
    const uint64_t early[] = { 5, 0, 1763715600007 }, none[] = { 0, 0, 0 },
                   late[] = { 1, 0, 1763715600008 };
    struct metrics *metrics = metrics_open(&config);
    assert_int_equal(metrics_write(metrics, early), 0);
    metrics_free(metrics);
    metrics = metrics_open(&config);
    assert_int_equal(metrics_write(metrics, none), 0);
    assert_true(has("sqs2pg_things_total{program=\"tester\",queue=\"q\"} 0\n"));
    assert_true(has(" 1763715600.007\n"));
    assert_int_equal(metrics_write(metrics, late), 0);
    assert_true(has(" 1763715600.008\n"));
    metrics_free(metrics);
    /* Of another queue, or of nobody, nothing is kept. */
    metrics = metrics_open(&other);
    assert_int_equal(metrics_write(metrics, none), 0);
    assert_true(has("timestamp_seconds{program=\"tester\",queue=\"other\"} 0.000\n"));
    metrics_free(metrics);
    unlink(file);
}

static void refuses_what_it_would_harm(void **state)
{
    (void)state;
    struct metrics_config config = { .file = "/dev/null", .table = table, .count = ROWS };
    assert_null(metrics_open(&config));
    assert_int_equal(errno, EINVAL);
    assert_int_equal(symlink("target", "link"), 0);
    config.file = "link";
    assert_null(metrics_open(&config));
    assert_int_equal(errno, EINVAL);
    unlink("link");
    const uint64_t none[ROWS] = { 0 };
    config.file = "no/such/folder";
    struct metrics *metrics = metrics_open(&config);
    assert_int_equal(metrics_write(metrics, none), -1);
    assert_int_equal(errno, ENOENT);
    metrics_free(metrics);
    /* A failure leaves the old file and no other. */
    mkdir("dir", 0700);
    config.file = "dir/x";
    metrics = metrics_open(&config);
    assert_non_null(metrics);
    rmdir("dir");
    assert_int_equal(metrics_write(metrics, none), -1);
    metrics_free(metrics);
    assert_int_equal(files(), 0);
}

static void leftovers_are_no_obstacle(void **state)
{
    (void)state;
    const uint64_t none[ROWS] = { 0 };
    char name[80];
    snprintf(name, sizeof name, "%s.%ld.tmp", file, (long)getpid());
    int fd = open(name, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
    const struct metrics_config config = { .file = file, .table = table, .count = ROWS };
    struct metrics *metrics = metrics_open(&config);
    assert_int_equal(metrics_write(metrics, none), 0);
    metrics_free(metrics);
    assert_int_equal(files(), 1);
    unlink(file);
}

static void messages_are_one_line_whatever_a_name_holds(void **state)
{
    (void)state;
    static const char odd[] =
        "q\"u\\o\nt\x01\x7f \xc3\xa9 \xf0\x9f\x98\x80 \xc2\x85 \xff \xed\xa0\x80 "
        "\xc3";
    capture(0);
    msg_error("no %s", odd);
    assert_string_equal(caught(),
        "tester: error: no q\"u\\o?t?? \xc3\xa9 \xf0\x9f\x98\x80 ?? ? ??? ?\n");
    capture(0);
    msg_init("te\"st");
    msg_set_json(true);
    msg_error("no %s", odd);
    msg_set_json(false);
    msg_init("tester");
    const char *json = caught();
    const char *name = strstr(json, ",\"program\"");
    assert_non_null(name);
    assert_string_equal(name,
        ",\"program\":\"te\\\"st\",\"level\":\"error\",\"message\":\"no q\\\"u\\\\o\\u000at\\u0001"
        "\\u007f \xc3\xa9 \xf0\x9f\x98\x80 \\u0085 \\ufffd \\ufffd\\ufffd\\ufffd \\ufffd\"}\n");
}

static void a_long_message_is_cut(void **state)
{
    (void)state;
    static char name[4096];
    memset(name, '\\', sizeof name - 1);
    for (int json = 0; json < 2; json++) {
        capture(0);
        msg_set_json(json);
        msg_error("%s", name);
        msg_set_json(false);
        const char *text = caught();
        size_t length = strlen(text);
        assert_true(length > 2000 && length < 4096);
        assert_ptr_equal(strchr(text, '\n'), text + length - 1);
        if (json)
            assert_string_equal(text + length - 4, "\\\"}\n");
    }
}

static void messages_take_the_live_line_away(void **state)
{
    (void)state;
    capture(80);
    msg_live("abc");
    msg_live("x");
    msg_error("e");
    msg_error("e");
    msg_live("abc");
    msg_live(NULL);
    msg_live(NULL);
    assert_string_equal(caught(),
        "\rabc\rx  \r \rtester: error: e\ntester: error: e\n\rabc\r   \r");
    capture(10);
    msg_live("0123456789abc");
    msg_live(NULL);
    assert_string_equal(caught(), "\r012345678\r         \r");
}

static void draws_count_rate_and_age(void **state)
{
    (void)state;
    struct progress progress;
    capture(80);
    progress_init(&progress, "things");
    progress_draw(&progress, 1000, 0, PROGRESS_NONE);
    progress_draw(&progress, 3000, 5, 1940);
    progress_draw(&progress, 4000, 3000000000, 7200000);
    /* The window moves on: of a burst long ago nothing is left. */
    for (unsigned i = 0; i < PROGRESS_SAMPLES; i++)
        progress_draw(&progress, 10000 + 250 * i, 4000000000 + i, 0);
    msg_live(NULL);
    const char *text = caught();
    assert_non_null(strstr(text, "\rtester: 0 things, 0/s, none in hand"));
    assert_non_null(strstr(text, "\rtester: 5 things, 2.5/s, oldest 1.9 s"));
    assert_non_null(strstr(text, "\rtester: 3000000000 things, 1000000000/s, oldest 120 min"));
    assert_non_null(strstr(text, "\rtester: 4000000015 things, 4/s, oldest 0.0 s"));
}

static unsigned reads;
static void read_values(void *context, uint64_t *values, uint64_t *oldest_ms)
{
    reads++;
    values[0] = *(uint64_t *)context;
    *oldest_ms = 0;
}

static void a_meter_does_what_is_due(void **state)
{
    (void)state;
    uint64_t count = 7;
    struct meter *meter;
    struct meter_config config = { .metrics = table,
        .count = ROWS,
        .noun = "things",
        .read = read_values,
        .context = &count };
    /* Nothing wanted: nothing there, and all of it to be had. */
    assert_int_equal(meter_open(&meter, &config), 0);
    assert_null(meter);
    meter_turn(meter);
    assert_int_equal(meter_timeout(meter, -1), -1);
    meter_close(meter);

    /* A line is for a terminal only. */
    config.options.progress = true;
    capture(0);
    assert_int_equal(meter_open(&meter, &config), 0);
    assert_null(meter);
    assert_string_equal(caught(), "");
    capture(80);
    assert_int_equal(meter_open(&meter, &config), 0);
    assert_non_null(meter);
    assert_int_equal(meter_timeout(meter, -1), 0);
    reads = 0;
    for (int i = 0; i < 1000; i++)
        meter_turn(meter);
    assert_true(reads >= 1 && reads < 10);
    assert_in_range(meter_timeout(meter, -1), 1, 250);
    assert_in_range(meter_timeout(meter, 100000), 1, 250);
    assert_int_equal(meter_timeout(meter, 0), 0);
    meter_close(meter);
    const char *text = caught();
    assert_non_null(strstr(text, "\rtester: 7 things"));
    assert_string_equal(text + strlen(text) - 2, " \r");

    /* The file: at once, not each turn, and at the end. */
    config.options = (struct meter_options){ .metrics_file = file };
    assert_int_equal(meter_open(&meter, &config), 0);
    assert_true(has("sqs2pg_things_total{program=\"tester\"} 7\n"));
    count = 8;
    meter_turn(meter);
    assert_true(has("sqs2pg_things_total{program=\"tester\"} 7\n"));
    assert_in_range(meter_timeout(meter, -1), 9000, 10000);
    meter_close(meter);
    assert_true(has("sqs2pg_things_total{program=\"tester\"} 8\n"));
    unlink(file);
    config.options.metrics_file = "no/such/folder";
    assert_int_equal(meter_open(&meter, &config), -1);
    assert_int_equal(errno, ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_figures),
        cmocka_unit_test(keeps_the_last_success_of_an_earlier_run),
        cmocka_unit_test(refuses_what_it_would_harm),
        cmocka_unit_test(leftovers_are_no_obstacle),
        cmocka_unit_test(messages_are_one_line_whatever_a_name_holds),
        cmocka_unit_test(a_long_message_is_cut),
        cmocka_unit_test(messages_take_the_live_line_away),
        cmocka_unit_test(draws_count_rate_and_age),
        cmocka_unit_test(a_meter_does_what_is_due),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
