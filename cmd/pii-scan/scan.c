#include "scan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/line.h"
#include "base/meter.h"
#include "base/msg.h"
#include "base/out.h"
#include "base/status.h"
#include "base/stop.h"
#include "confine/confine.h"
#include "cover.h"
#include "judge.h"
#include "records.h"
#include "report.h"
#include "suggest.h"

enum { TEXT_MOST = 16 << 20, FLUSHED = 1 << 16 };

struct scan {
    const struct settings *settings;
    struct cover *cover; /* NULL: there is no policy */
    struct records *records;
    struct line_reader *reader;
    struct out *out;
    struct meter *meter;
    uint64_t went_through; /* records, when the figures were last read */
    uint64_t last_success_ms;
    struct buf text;
    uint64_t begin;
    size_t paths;
    size_t personal;
    size_t uncovered;
    const struct node *first_uncovered;
};

/* In this order in read_meter(). */
static const struct metric metrics[] = {
    { "sqs2pg_records_scanned_total", "Records looked through.", METRIC_COUNTER },
    { "sqs2pg_lines_malformed_total", "Lines that are no record.", METRIC_COUNTER },
    { "sqs2pg_records_errors_total", "Error records, made or passed on.", METRIC_COUNTER },
    METER_LAST_SUCCESS,
};

static void read_meter(void *context, uint64_t *values, uint64_t *oldest_ms)
{
    struct scan *scan = context;
    const struct records_counts *counts = records_counts(scan->records);
    (void)oldest_ms; /* nothing is held back */
    if (counts->records > scan->went_through)
        scan->last_success_ms = clock_realtime_ms();
    scan->went_through = counts->records;
    const uint64_t now[] = { counts->records, counts->malformed, counts->errors,
        scan->last_success_ms };
    _Static_assert(sizeof now / sizeof *now == sizeof metrics / sizeof *metrics,
        "a value for each");
    for (size_t i = 0; i < sizeof now / sizeof *now; i++)
        values[i] = now[i];
}

/* 0, or the status to exit with. */
static int open_meter(struct scan *scan)
{
    const struct meter_config config = { .options = scan->settings->meter,
        .metrics = metrics,
        .count = sizeof metrics / sizeof *metrics,
        .noun = "records",
        .apart = true,
        .read = read_meter,
        .context = scan };
    if (meter_open(&scan->meter, &config) == 0)
        return 0;
    msg_error("cannot write %s: %s", scan->settings->meter.metrics_file, meter_reason(errno));
    return STATUS_IO;
}

static int open_all(struct scan *scan)
{
    const struct settings *settings = scan->settings;
    const char *root = settings->root == NULL ? ".body" : settings->root;
    struct failure failure = { .status = STATUS_OK };
    buf_init(&scan->text, TEXT_MOST);
    scan->records = records_new(root, settings->root == NULL, settings->max_record);
    if (scan->records == NULL) {
        if (errno != EINVAL)
            return -1;
        msg_error("option --root takes a path of keys such as .body, or .");
        return STATUS_USAGE;
    }
    if (settings->policy_file != NULL) {
        scan->cover = cover_open(settings->policy_file, root, &failure);
        if (scan->cover == NULL)
            return failure_report(&failure);
    }
    scan->reader = line_open(STDIN_FILENO, settings->max_record, settings->grace_ms);
    scan->out = out_open(STDOUT_FILENO);
    if (scan->reader == NULL || scan->out == NULL || stop_install() != 0)
        return -1;
    out_set_grace(scan->out, settings->grace_ms);
    return open_meter(scan);
}

static void close_all(struct scan *scan)
{
    meter_close(scan->meter);
    out_free(scan->out);
    line_close(scan->reader);
    records_free(scan->records);
    cover_close(scan->cover);
    buf_free(&scan->text);
}

/* A kernel that cannot do it is always said, and fatal only if that was asked for. */
static int confine(const struct settings *settings)
{
    int keep[STOP_DESCRIPTORS + 1];
    stop_descriptors(keep);
    keep[STOP_DESCRIPTORS] = meter_descriptor();
    const struct confine_needs needs = { .keep = keep, .keep_count = STOP_DESCRIPTORS + 1 };
    switch (confine_enter(&needs)) {
    case CONFINE_ENTERED:
        return 0;
    case CONFINE_UNSUPPORTED:
        if (!settings->require_sandbox) {
            msg_warn_always("this kernel does not let the process be confined; going on without");
            return 0;
        }
        msg_error("this kernel does not let the process be confined");
        return STATUS_UNAVAILABLE;
    default:
        msg_error("out of memory");
        return STATUS_INTERNAL;
    }
}

/* 0, or the status to exit with. */
static int read_all(struct scan *scan)
{
    const struct settings *settings = scan->settings;
    struct line line;
    while (settings->number == 0 || records_counts(scan->records)->records < settings->number) {
        meter_turn(scan->meter);
        enum line_result got = line_next(scan->reader, meter_timeout(scan->meter, -1), &line);
        if (got == LINE_AGAIN)
            continue;
        if (got == LINE_END || got == LINE_STOPPED)
            break;
        if (got == LINE_ERROR) {
            msg_error("cannot read standard input: %s", strerror(errno));
            return errno == ENOMEM ? STATUS_INTERNAL : STATUS_IO;
        }
        if (records_line(scan->records, got == LINE_OK ? line.text : NULL, line.length,
                line.number) != 0) {
            msg_error("out of memory");
            return STATUS_INTERNAL;
        }
    }
    if (records_end(scan->records) == 0)
        return 0;
    msg_error("out of memory");
    return STATUS_INTERNAL;
}

/* Write out what is in the text when it is so much, or all of it. 0, or -1. */
static int flush(struct scan *scan, size_t least)
{
    if (scan->text.failed)
        return -1;
    if (scan->text.length < least || scan->text.length == 0)
        return 0;
    int written = out_write(scan->out, scan->text.data, scan->text.length);
    buf_clear(&scan->text);
    return written;
}

static int print_row(struct scan *scan, enum records_part part, struct node *node)
{
    struct report_row row = { node, judge_personal(node), NULL };
    if (scan->cover != NULL)
        row.policy = cover_of(scan->cover, part, node, row.personal);
    scan->paths++;
    scan->personal += row.personal != 0;
    if (row.personal != 0 && row.policy == NULL && scan->uncovered++ == 0)
        scan->first_uncovered = node;
    if (scan->settings->suggest)
        return 0;
    int added =
        scan->settings->json ? report_json(&scan->text, &row) : report_line(&scan->text, &row);
    return added != 0 ? -1 : flush(scan, FLUSHED);
}

static int print_all(struct scan *scan)
{
    if (!scan->settings->suggest && !scan->settings->json && report_heading(&scan->text) != 0)
        return -1;
    for (int part = 0; part < RECORDS_PARTS; part++) {
        struct node *root = records_root(scan->records, (enum records_part)part);
        bool shown = part == RECORDS_ROOT && root->records > 0;
        for (struct node *at = shown ? root : root->first; at != NULL; at = tree_after(at, root))
            if (print_row(scan, (enum records_part)part, at) != 0)
                return -1;
    }
    if (scan->settings->suggest && suggest_policy(&scan->text, scan->records) != 0)
        return -1;
    return flush(scan, 0);
}

/* Likely personal paths that the policy lets pass without naming them. */
static int complain(struct scan *scan)
{
    if (scan->cover == NULL || scan->uncovered == 0)
        return STATUS_OK;
    buf_clear(&scan->text);
    if (tree_path(&scan->text, scan->first_uncovered) != 0 || buf_cstr(&scan->text) == NULL)
        return STATUS_INTERNAL;
    msg_error("%zu of %zu likely personal paths are not covered by %s, the first is %s",
        scan->uncovered, scan->personal, scan->settings->policy_file, buf_cstr(&scan->text));
    msg_hint("name it there, with a method or with keep; --suggest proposes rules");
    return STATUS_PARTIAL;
}

/* What is to be said at the end. The status to exit with. */
static int end(struct scan *scan)
{
    const struct records_counts *counts = records_counts(scan->records);
    uint64_t left_out = records_tree(scan->records)->left_out;
    char skipped[LINE_SKIPPED_SIZE];
    int status = STATUS_OK;
    if (counts->malformed > 0)
        msg_warn("%" PRIu64 " of %" PRIu64
                 " lines are no records that could be looked through, the first of them is line "
                 "%" PRIu64,
            counts->malformed, counts->malformed + counts->records, counts->first_malformed);
    if (left_out > 0)
        msg_warn("more than %d paths: %" PRIu64 " values count for the path above theirs",
            TREE_MOST, left_out);
    if (counts->malformed > 0 && counts->records == 0)
        status = STATUS_DATA;
    else
        status = complain(scan);
    msg_summary(status == STATUS_OK && counts->malformed == 0,
        "records=%" PRIu64 " malformed=%" PRIu64 " errors=%" PRIu64
        " paths=%zu personal=%zu uncovered=%zu seconds=%.2f%s",
        counts->records, counts->malformed, counts->errors, scan->paths, scan->personal,
        scan->cover == NULL ? 0 : scan->uncovered,
        (double)(clock_monotonic_ms() - scan->begin) / 1000,
        line_skipped_text(line_skipped(scan->reader), skipped));
    return status;
}

static int print(struct scan *scan)
{
    int printed = print_all(scan);
    if (printed != 0 && out_error(scan->out) == 0) {
        msg_error("out of memory");
        return STATUS_INTERNAL;
    }
    int closed = out_close(scan->out);
    scan->out = NULL;
    if (closed == 0 && printed == 0)
        return 0;
    msg_error("cannot write to standard output: %s", strerror(errno));
    return STATUS_IO;
}

int scan_run(const struct settings *settings)
{
    struct scan scan = { .settings = settings, .begin = clock_monotonic_ms() };
    int status = open_all(&scan);
    if (status < 0) {
        msg_error("cannot set up: %s", strerror(errno));
        status = STATUS_INTERNAL;
    }
    if (status == 0)
        status = confine(settings);
    if (status == 0)
        status = read_all(&scan);
    if (status == 0) {
        meter_close(scan.meter);
        scan.meter = NULL;
        status = print(&scan);
    }
    if (status == 0)
        status = end(&scan);
    close_all(&scan);
    return status;
}
