#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/histogram.h"
#include "base/metrics.h"
#include "base/msg.h"

static char folder[] = "/tmp/base_histogram.XXXXXX";
static char file[64];

static int enter(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(file, sizeof file, "%s/x.prom", folder);
    msg_init("tester");
    return 0;
}

static int leave(void **state)
{
    (void)state;
    return rmdir(folder);
}

static bool has(const char *part)
{
    static char text[16384];
    int fd = open(file, O_RDONLY);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    text[got > 0 ? got : 0] = '\0';
    if (fd >= 0)
        close(fd);
    return strstr(text, part) != NULL;
}

static void goes_on_with_what_is_kept_and_with_histograms(void **state)
{
    (void)state;
    static const struct metric by_path = { "sqs2pg_absent_total", "Not there.", METRIC_COUNTER };
    static const struct metric_member member = { &by_path, "path", ".a" };
    static const struct metric rows[] = { { "sqs2pg_depth", "Depth.", METRIC_KEPT },
        { "sqs2pg_delay_seconds", "Delay.", METRIC_HISTOGRAM } };
    const struct metrics_config config = { .file = file,
        .further = "queue=q",
        .table = rows,
        .count = 2,
        .members = &member,
        .member_count = 1 };
    struct histogram histogram = { .sum_ms = 0 };
    uint64_t values[1 + HISTOGRAM_VALUES + 1] = { METRICS_UNKNOWN };
    mode_t mask = umask(077);
    struct metrics *metrics = metrics_open(&config);
    assert_int_equal(metrics_count(metrics), sizeof values / sizeof *values);
    assert_true(metrics_earlier(metrics, 0) == METRICS_UNKNOWN);
    assert_int_equal(metrics_write(metrics, values, METRICS_RUNNING), 0);
    assert_false(has("sqs2pg_depth"));
    histogram_add(&histogram, 100);
    histogram_add(&histogram, 101);
    histogram_add(&histogram, 86400001);
    histogram_read(&histogram, values + 1);
    values[0] = 12;
    values[1 + HISTOGRAM_VALUES] = 9;
    assert_int_equal(metrics_write(metrics, values, METRICS_RUNNING), 0);
    metrics_free(metrics);
    metrics = metrics_open(&config);
    (void)umask(mask);
    assert_int_equal(metrics_earlier(metrics, 0), 12);
    values[0] = METRICS_UNKNOWN;
    assert_int_equal(metrics_write(metrics, values, METRICS_RUNNING), 0);
#define LABELS "{program=\"tester\",queue=\"q\""
    assert_true(has("\nsqs2pg_depth" LABELS "} 12\n"));
    assert_true(has("# TYPE sqs2pg_delay_seconds histogram\nsqs2pg_delay_seconds_bucket" LABELS
                    ",le=\"0.1\"} 2\nsqs2pg_delay_seconds_bucket" LABELS ",le=\"0.25\"} 4\n"));
    assert_true(has("_bucket" LABELS ",le=\"86400\"} 4\nsqs2pg_delay_seconds_bucket" LABELS
                    ",le=\"+Inf\"} 6\nsqs2pg_delay_seconds_sum" LABELS
                    "} 172800.404\nsqs2pg_delay_seconds_count" LABELS "} 6\n"));
    assert_true(has("sqs2pg_absent_total" LABELS ",path=\".a\"} 18\n"));
    /* Another user collects the files, and the umask of a service is narrow. */
    struct stat status;
    assert_int_equal(stat(file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0644);
    metrics_free(metrics);
    unlink(file);
}

static void classes_have_their_bound_inside(void **state)
{
    (void)state;
    struct histogram histogram = { .sum_ms = 0 };
    uint64_t values[HISTOGRAM_VALUES];
    for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++) {
        uint64_t bound_ms = (uint64_t)(strtod(histogram_bound(i), NULL) * 1000 + 0.5);
        histogram_add(&histogram, bound_ms);
        histogram_add(&histogram, bound_ms + 1);
    }
    histogram_add(&histogram, UINT64_MAX / 2);
    histogram_read(&histogram, values);
    for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++)
        assert_int_equal(values[i], 2 * i + 1);
    assert_int_equal(values[HISTOGRAM_BOUNDS], 2 * HISTOGRAM_BOUNDS + 1);
    assert_int_equal(values[HISTOGRAM_BOUNDS + 2], values[HISTOGRAM_BOUNDS]);
    assert_string_equal(histogram_bound(HISTOGRAM_BOUNDS), "+Inf");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_on_with_what_is_kept_and_with_histograms),
        cmocka_unit_test(classes_have_their_bound_inside),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
