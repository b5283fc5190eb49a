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
#include "within.h"

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

/*
 * The descriptors that catch stderr between capture() and caught(), through a terminal if
 * ${columns} is not 0.
 */
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
    /* A terminal delivers output with a delay; the last byte shows that all has arrived. */
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

static const struct metric by_path = { "sqs2pg_absent_total", "Things not there, by their path.",
    METRIC_COUNTER };
static const struct metric_member members[] = {
    { &by_path, "path", ".a" },
    { &by_path, "path", ".\"b\\c\nd\"" },
};
enum { MEMBERS = sizeof members / sizeof *members };

static bool has(const char *line)
{
    return strstr(content(file), line) != NULL;
}

static void writes_figures(void **state)
{
    (void)state;
    const struct metrics_config config = { .file = file,
        .label = "queue",
        .value = "a\"b\\c\nd",
        .table = table,
        .count = ROWS,
        .members = members,
        .member_count = MEMBERS };
    struct metrics *metrics = metrics_open(&config);
    assert_non_null(metrics);
    assert_int_equal(files(), 1); /* the lock */
    const uint64_t values[] = { UINT64_MAX, 0, 1763715600007, 3, 4 };
    assert_int_equal(metrics_write(metrics, values, METRICS_RUNNING), 0);
    assert_int_equal(files(), 2);
    assert_null(strstr(content(file), "exit_status"));
    assert_int_equal(metrics_write(metrics, values, 75), 0);
#define SERIES "{program=\"tester\",queue=\"a\\\"b\\\\c\\nd\"} "
    const char *text = strstr(content(file), "# HELP sqs2pg_last_exit_status");
    assert_non_null(text);
    assert_string_equal(text,
        "# HELP sqs2pg_last_exit_status The exit status of the last run that has ended.\n"
        "# TYPE sqs2pg_last_exit_status gauge\n"
        "sqs2pg_last_exit_status" SERIES "75\n"
        "# HELP sqs2pg_things_total Things seen.\n"
        "# TYPE sqs2pg_things_total counter\n"
        "sqs2pg_things_total" SERIES "18446744073709551615\n"
        "# HELP sqs2pg_held Things held now.\n"
        "# TYPE sqs2pg_held gauge\n"
        "sqs2pg_held" SERIES "0\n"
        "# HELP sqs2pg_last_success_timestamp_seconds When the work of the program last "
        "succeeded, in seconds since 1970.\n"
        "# TYPE sqs2pg_last_success_timestamp_seconds gauge\n"
        "sqs2pg_last_success_timestamp_seconds" SERIES "1763715600.007\n"
        "# HELP sqs2pg_absent_total Things not there, by their path.\n"
        "# TYPE sqs2pg_absent_total counter\n"
        "sqs2pg_absent_total{program=\"tester\",queue=\"a\\\"b\\\\c\\nd\",path=\".a\"} 3\n"
        "sqs2pg_absent_total{program=\"tester\",queue=\"a\\\"b\\\\c\\nd\","
        "path=\".\\\"b\\\\c\\nd\\\"\"} 4\n");
    char build[160];
    snprintf(build, sizeof build,
        "\nsqs2pg_build_info{program=\"tester\",queue=\"a\\\"b\\\\c\\nd\",version=\"%s\"} 1\n",
        SQS2PG_VERSION);
    assert_non_null(strstr(content(file), build));
    struct stat status;
    assert_int_equal(stat(file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0644);
    metrics_free(metrics);
    unlink(file);
}

static void goes_on_from_an_earlier_run(void **state)
{
    (void)state;
    const struct metrics_config config = { .file = file,
        .label = "queue",
        .value = "q\"q",
        .table = table,
        .count = ROWS,
        .members = members,
        .member_count = MEMBERS };
    struct metrics_config other = config;
    other.value = "other";
    const uint64_t early[] = { 5, 6, 1763715600007, 7, 8 }, none[] = { 0, 0, 0, 0, 0 },
                   late[] = { 1, 2, 1763715600008, 3, UINT64_MAX };
    struct metrics *metrics = metrics_open(&config);
    assert_int_equal(metrics_write(metrics, early, 1), 0);
    metrics_free(metrics);
    metrics = metrics_open(&config);
    assert_int_equal(metrics_write(metrics, none, METRICS_RUNNING), 0);
    assert_true(has("sqs2pg_things_total{program=\"tester\",queue=\"q\\\"q\"} 5\n"));
    assert_true(has("sqs2pg_held{program=\"tester\",queue=\"q\\\"q\"} 0\n"));
    assert_true(has("sqs2pg_last_exit_status{program=\"tester\",queue=\"q\\\"q\"} 1\n"));
    assert_true(has(" 1763715600.007\n"));
    /* Each write covers the whole run, and is not added to the one before. */
    for (int i = 0; i < 2; i++)
        assert_int_equal(metrics_write(metrics, late, 0), 0);
    assert_true(has("sqs2pg_things_total{program=\"tester\",queue=\"q\\\"q\"} 6\n"));
    assert_true(has("sqs2pg_held{program=\"tester\",queue=\"q\\\"q\"} 2\n"));
    assert_true(has(",path=\".a\"} 10\n"));
    assert_true(has(",path=\".\\\"b\\\\c\\nd\\\"\"} 18446744073709551615\n"));
    assert_true(has("sqs2pg_last_exit_status{program=\"tester\",queue=\"q\\\"q\"} 0\n"));
    assert_true(has(" 1763715600.008\n"));
    metrics_free(metrics);
    /* With another queue, or without one, no counts are kept. */
    metrics = metrics_open(&other);
    assert_int_equal(metrics_write(metrics, none, METRICS_RUNNING), 0);
    assert_true(has("timestamp_seconds{program=\"tester\",queue=\"other\"} 0.000\n"));
    assert_true(has("sqs2pg_things_total{program=\"tester\",queue=\"other\"} 0\n"));
    metrics_free(metrics);
    unlink(file);
}

static void takes_no_nonsense_from_an_earlier_file(void **state)
{
    (void)state;
    static const char *const texts[] = { "sqs2pg_things_total{program=\"tester\"} -5\n",
        "sqs2pg_things_total{program=\"tester\"} 99999999999999999999\n",
        "sqs2pg_things_total{program=\"tester\"} NaN\n", "sqs2pg_things_total{program=\"tester\"}",
        "sqs2pg_things_total{program=\"tester\"} ", "# sqs2pg_things_total{program=\"tester\"} 5\n",
        "\n\n", "" };
    const struct metrics_config config = { .file = file, .table = table, .count = ROWS };
    const uint64_t one[ROWS] = { 1 };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int fd = open(file, O_CREAT | O_WRONLY | O_TRUNC, 0600);
        assert_int_equal(write(fd, texts[i], strlen(texts[i])), (ssize_t)strlen(texts[i]));
        close(fd);
        struct metrics *metrics = metrics_open(&config);
        assert_int_equal(metrics_write(metrics, one, METRICS_RUNNING), 0);
        assert_true(has("sqs2pg_things_total{program=\"tester\"} 1\n"));
        metrics_free(metrics);
    }
    unlink(file);
}

static void one_at_a_time_keeps_the_file(void **state)
{
    (void)state;
    const struct metrics_config config = { .file = file, .table = table, .count = ROWS };
    struct metrics *metrics = metrics_open(&config);
    assert_non_null(metrics);
    assert_null(metrics_open(&config));
    assert_int_equal(errno, EWOULDBLOCK);
    assert_int_equal(files(), 1);
    metrics_free(metrics);
    assert_int_equal(files(), 0);
    metrics = metrics_open(&config);
    assert_non_null(metrics);
    metrics_free(metrics);
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
    assert_null(metrics_open(&config));
    assert_int_equal(errno, ENOENT);
    /* A failure leaves the old file, and no other. */
    mkdir("dir", 0700);
    config.file = "dir/x";
    struct metrics *metrics = metrics_open(&config);
    assert_non_null(metrics);
    unlink("dir/x.lock");
    rmdir("dir");
    assert_int_equal(metrics_write(metrics, none, METRICS_RUNNING), -1);
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
    assert_int_equal(metrics_write(metrics, none, METRICS_RUNNING), 0);
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
    /* The window moves on, and an old burst drops out of it. */
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
    /* Without options there are no files, and no call fails. */
    assert_int_equal(meter_open(&meter, &config), 0);
    assert_null(meter);
    meter_update(meter);
    assert_int_equal(meter_timeout(meter, -1), -1);
    meter_close(meter);

    /* Only a terminal gets a line. */
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
        meter_update(meter);
    assert_true(reads >= 1 && reads < 10);
    assert_within(meter_timeout(meter, -1), 1, 250);
    assert_within(meter_timeout(meter, 100000), 1, 250);
    assert_int_equal(meter_timeout(meter, 0), 0);
    meter_close(meter);
    const char *text = caught();
    assert_non_null(strstr(text, "\rtester: 7 things"));
    assert_string_equal(text + strlen(text) - 2, " \r");

    /* The file is written immediately, then not each turn, and at the end. */
    config.options = (struct meter_options){ .metrics_file = file };
    assert_int_equal(meter_open(&meter, &config), 0);
    assert_true(has("sqs2pg_things_total{program=\"tester\"} 7\n"));
    count = 8;
    meter_update(meter);
    assert_true(has("sqs2pg_things_total{program=\"tester\"} 7\n"));
    assert_within(meter_timeout(meter, -1), 9000, 10000);
    meter_close(meter);
    assert_true(has("sqs2pg_things_total{program=\"tester\"} 8\n"));
    assert_false(has("exit_status"));
    assert_int_equal(meter_exit(74), 74);
    assert_true(has("sqs2pg_things_total{program=\"tester\"} 8\n"));
    assert_true(has("sqs2pg_last_exit_status{program=\"tester\"} 74\n"));
    assert_int_equal(files(), 1);
    unlink(file);
    config.options.metrics_file = "no/such/folder";
    assert_int_equal(meter_open(&meter, &config), -1);
    assert_int_equal(errno, ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_figures),
        cmocka_unit_test(goes_on_from_an_earlier_run),
        cmocka_unit_test(takes_no_nonsense_from_an_earlier_file),
        cmocka_unit_test(one_at_a_time_keeps_the_file),
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
