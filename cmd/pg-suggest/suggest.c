#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/line.h"
#include "base/msg.h"
#include "base/out.h"
#include "bodies.h"
#include "columns.h"
#include "files.h"
#include "print.h"
#include "record/code.h"
#include "record/intake.h"
#include "suggest.h"

enum { TEXT_MOST = 64 << 20 };

struct suggest {
    const struct settings *settings;
    struct bodies *bodies;
    struct intake intake;
    uint64_t begin;
    size_t columns;
};

static const struct metric metrics[INTAKE_METRICS] = {
    { "sqs2pg_records_read_total", "Records read.", METRIC_COUNTER },
    { "sqs2pg_lines_malformed_total", "Lines that are not records.", METRIC_COUNTER },
    { "sqs2pg_records_errors_total", "Error records, made, passed on or skipped.", METRIC_COUNTER },
    METER_LAST_SUCCESS,
};

static struct intake_counts count(const void *context)
{
    const struct suggest *suggest = context;
    const struct bodies_counts *counts = bodies_counts(suggest->bodies);
    return (struct intake_counts){ counts->records, counts->malformed, counts->errors };
}

static int take(void *context, const char *text, size_t length, uint64_t number)
{
    struct suggest *suggest = context;
    return bodies_line(suggest->bodies, text, length, number);
}

static int no_memory(void)
{
    msg_error("out of memory");
    return STATUS_INTERNAL;
}

/* Open the input and output. Return 0, or the status to exit with, or -1 with errno. */
static int open_all(struct suggest *suggest)
{
    const struct settings *settings = suggest->settings;
    suggest->bodies = bodies_new(settings->root);
    if (suggest->bodies == NULL) {
        if (errno != EINVAL)
            return -1;
        msg_error("option --root takes a path such as . or .detail");
        return STATUS_USAGE;
    }
    const struct intake_work work = { .metrics = metrics,
        .count = count,
        .take = take,
        .context = suggest };
    return intake_open(&suggest->intake, &settings->stream, &work);
}

static void close_all(struct suggest *suggest)
{
    intake_close(&suggest->intake);
    bodies_free(suggest->bodies);
}

/* Report the records that do not end up in the table. Return 0, or the status to exit with. */
static int judge(const struct suggest *suggest)
{
    const struct bodies_counts *counts = bodies_counts(suggest->bodies);
    const char *root = suggest->settings->root == NULL ? ".body" : suggest->settings->root;
    if (counts->malformed > 0)
        msg_warn("%" PRIu64 " of %" PRIu64
                 " lines are not records, the first of them is line %" PRIu64,
            counts->malformed,
            counts->malformed + counts->records + counts->rootless + counts->errors,
            counts->first_malformed);
    if (counts->errors > 0)
        msg_warn("skipped, because pg-load quarantines them: %" PRIu64 " error record%s",
            counts->errors, counts->errors == 1 ? "" : "s");
    if (counts->rootless > 0 && counts->records > 0)
        msg_warn("skipped, because pg-load refuses them: %" PRIu64 " record%s without %s",
            counts->rootless, counts->rootless == 1 ? "" : "s", root);
    if (counts->unmasked > 0)
        msg_warn("%" PRIu64 " of %" PRIu64
                 " records are not masked: values that pii-mask changes will be text",
            counts->unmasked, counts->records);
    if (counts->records > 0)
        return 0;
    if (counts->rootless > 0) {
        msg_error("no record has %s", root);
        if (suggest->settings->root == NULL)
            msg_hint("use --root . for plain JSON lines");
    } else {
        msg_error(counts->errors > 0 ? "there are error records only" : "no record was read");
        if (counts->errors == 0 && counts->malformed > 0)
            msg_hint("%s", code_line_hint);
    }
    return STATUS_DATA;
}

/* Write to standard output, or the files. Return 0, or the status to exit with. */
static int write_out(struct suggest *suggest, struct buf *sql, const struct buf *map)
{
    const struct settings *settings = suggest->settings;
    struct failure failure = { .status = STATUS_OK };
    if (settings->folder != NULL) {
        if (files_write(settings->folder, settings->name, sql, map, &failure) != 0)
            return failure_report(&failure);
    } else {
        (void)buf_puts(sql,
            "\n-- The map, for pg-load --map: these lines without what they begin with.\n--\n");
        if (print_commented(sql, map) != 0)
            return no_memory();
        (void)out_write(suggest->intake.out, sql->data, sql->length);
    }
    int closed = out_close(suggest->intake.out);
    suggest->intake.out = NULL;
    if (closed == 0)
        return 0;
    msg_error("cannot write to standard output: %s", strerror(errno));
    return STATUS_IO;
}

/* Print the proposal. Return 0, or the status to exit with. */
static int propose(struct suggest *suggest)
{
    const struct settings *settings = suggest->settings;
    struct columns *columns = columns_new(suggest->bodies);
    struct buf sql;
    struct buf map;
    if (columns == NULL)
        return no_memory();
    buf_init(&sql, TEXT_MOST);
    buf_init(&map, TEXT_MOST);
    suggest->columns = columns->count;
    int status = print_sql(&sql, columns, settings->table) == 0 &&
            print_map(&map, columns, settings->table, bodies_counts(suggest->bodies)->has_others) ==
                0
        ? write_out(suggest, &sql, &map)
        : no_memory();
    if (status == 0 && columns->mixed)
        msg_warn("some bodies are not objects: the map tests each body, which slows pg-load");
    buf_free(&sql);
    buf_free(&map);
    columns_free(columns);
    return status;
}

static void summarise(const struct suggest *suggest)
{
    const struct bodies_counts *counts = bodies_counts(suggest->bodies);
    char skipped[LINE_SKIPPED_SIZE];
    msg_summary(counts->malformed + counts->rootless == 0,
        "records=%" PRIu64 " malformed=%" PRIu64 " errors=%" PRIu64 " columns=%zu seconds=%.2f%s",
        counts->records, counts->malformed, counts->errors, suggest->columns,
        (double)(clock_monotonic_ms() - suggest->begin) / 1000,
        line_skipped_text(line_skipped(suggest->intake.reader), skipped));
}

int suggest_run(const struct settings *settings)
{
    struct suggest suggest = { .settings = settings, .begin = clock_monotonic_ms() };
    int status = open_all(&suggest);
    if (status < 0) {
        msg_error("cannot set up: %s", strerror(errno));
        status = STATUS_INTERNAL;
    }
    if (status == 0)
        status = intake_run(&suggest.intake, settings->number);
    if (status == 0)
        status = judge(&suggest);
    if (status == 0)
        status = propose(&suggest);
    if (status == 0)
        summarise(&suggest);
    close_all(&suggest);
    return status;
}
