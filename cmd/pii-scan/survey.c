#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/line.h"
#include "base/msg.h"
#include "base/out.h"
#include "base/status.h"
#include "confine/confinement.h"
#include "cover.h"
#include "draft.h"
#include "judge.h"
#include "listing.h"
#include "record/code.h"
#include "record/intake.h"
#include "records.h"
#include "survey.h"

enum { TEXT_MOST = 16 << 20, FLUSHED = 1 << 16 };

struct survey {
    const struct settings *settings;
    struct cover *cover; /* NULL: no policy */
    struct records *records;
    struct intake intake;
    struct buf text;
    uint64_t begin;
    size_t paths;
    size_t personal;
    size_t uncovered;
    const struct node *first_uncovered;
};

static const struct metric metrics[INTAKE_METRICS] = {
    { "sqs2pg_records_scanned_total", "Records inspected.", METRIC_COUNTER },
    { "sqs2pg_lines_malformed_total", "Lines that are not records.", METRIC_COUNTER },
    { "sqs2pg_records_errors_total", "Error records, made, passed on or skipped.", METRIC_COUNTER },
    METER_LAST_SUCCESS,
};

static struct intake_counts count(const void *context)
{
    const struct survey *survey = context;
    const struct records_counts *counts = records_counts(survey->records);
    return (struct intake_counts){ counts->records, counts->malformed, counts->errors };
}

static int take(void *context, const char *text, size_t length, uint64_t number)
{
    struct survey *survey = context;
    return records_line(survey->records, text, length, number);
}

static int open_all(struct survey *survey)
{
    const struct settings *settings = survey->settings;
    const char *root = settings->root == NULL ? ".body" : settings->root;
    struct failure failure = { .status = STATUS_OK };
    buf_init(&survey->text, TEXT_MOST);
    survey->records = records_new(root, settings->root == NULL, settings->stream.max_record);
    if (survey->records == NULL) {
        if (errno != EINVAL)
            return -1;
        msg_error("option --root takes a path of keys such as .body, or .");
        return STATUS_USAGE;
    }
    if (settings->policy_file != NULL) {
        survey->cover = cover_open(settings->policy_file, root, &failure);
        if (survey->cover == NULL)
            return failure_report(&failure);
    }
    const struct intake_work work = { .metrics = metrics,
        .apart = true,
        .count = count,
        .take = take,
        .context = survey };
    return intake_open(&survey->intake, &settings->stream, &work);
}

static void close_all(struct survey *survey)
{
    intake_close(&survey->intake);
    records_free(survey->records);
    cover_close(survey->cover);
    buf_free(&survey->text);
}

/* Read all records. Return 0, or the exit status. */
static int read_all(struct survey *survey)
{
    int status = intake_run(&survey->intake, survey->settings->number);
    if (status != 0 || records_end(survey->records) == 0)
        return status;
    msg_error("out of memory");
    return STATUS_INTERNAL;
}

/* Write out the text once it has ${least} bytes. Return 0, or -1. */
static int flush(struct survey *survey, size_t least)
{
    if (survey->text.failed)
        return -1;
    if (survey->text.length < least || survey->text.length == 0)
        return 0;
    int written = out_write(survey->intake.out, survey->text.data, survey->text.length);
    buf_clear(&survey->text);
    return written;
}

static int print_row(struct survey *survey, enum records_part part, struct node *node)
{
    struct listing_row row = { node, judge_personal(node), NULL };
    if (survey->cover != NULL)
        row.policy = cover_of(survey->cover, part, node, row.personal);
    survey->paths++;
    survey->personal += row.personal != 0;
    if (row.personal != 0 && row.policy == NULL && survey->uncovered++ == 0)
        survey->first_uncovered = node;
    if (survey->settings->suggest)
        return 0;
    int added = survey->settings->json ? listing_json(&survey->text, &row)
                                       : listing_line(&survey->text, &row);
    return added != 0 ? -1 : flush(survey, FLUSHED);
}

static int print_all(struct survey *survey)
{
    if (!survey->settings->suggest && !survey->settings->json &&
        listing_heading(&survey->text) != 0)
        return -1;
    for (int part = 0; part < RECORDS_PARTS; part++) {
        struct node *root = records_root(survey->records, (enum records_part)part);
        bool shown = part == RECORDS_ROOT && root->records > 0;
        for (struct node *at = shown ? root : root->first; at != NULL; at = tree_after(at, root))
            if (print_row(survey, (enum records_part)part, at) != 0)
                return -1;
    }
    if (survey->settings->suggest && draft_policy(&survey->text, survey->records) != 0)
        return -1;
    return flush(survey, 0);
}

/* Report likely personal paths that the policy lets pass unnamed. Return the exit status. */
static int report_failure(struct survey *survey)
{
    if (survey->cover == NULL || survey->uncovered == 0)
        return STATUS_OK;
    buf_clear(&survey->text);
    if (tree_path(&survey->text, survey->first_uncovered) != 0 || buf_cstr(&survey->text) == NULL)
        return STATUS_INTERNAL;
    msg_error("%zu of %zu likely personal paths are not covered by %s, the first is %s",
        survey->uncovered, survey->personal, survey->settings->policy_file,
        buf_cstr(&survey->text));
    msg_hint("add a rule for it, with a method or keep; --suggest proposes rules");
    return STATUS_PARTIAL;
}

/* Print what a reader of the table needs to do next. */
static void add_notes(const struct survey *survey)
{
    const struct settings *settings = survey->settings;
    const struct records_counts *counts = records_counts(survey->records);
    if (counts->records == 0 || survey->cover != NULL)
        return;
    if (survey->personal == 0)
        msg_note(true,
            "no key or value looks personal; check free text and your own numbers yourself");
    else if (settings->suggest)
        msg_note(true, "review the policy, then try it: pii-mask -v -k KEYFILE -p POLICY");
    else
        msg_note(true,
            "%zu of %zu paths look personal; --suggest prints a policy for pii-mask that hides them",
            survey->personal, survey->paths);
}

/* Print warnings and the summary. Return the exit status. */
static int end(struct survey *survey)
{
    const struct records_counts *counts = records_counts(survey->records);
    uint64_t left_out = records_tree(survey->records)->left_out;
    char skipped[LINE_SKIPPED_SIZE];
    int status = STATUS_OK;
    if (counts->malformed > 0)
        msg_warn("%" PRIu64 " of %" PRIu64
                 " lines could not be read as records, the first is line %" PRIu64,
            counts->malformed, counts->malformed + counts->records, counts->first_malformed);
    if (left_out > 0)
        msg_warn("more than %d paths: %" PRIu64 " values were counted for a parent path", TREE_MOST,
            left_out);
    if (counts->records > 0 && counts->rootless == counts->records)
        msg_warn("no record has a value at %s: use --root to say where the event is",
            survey->settings->root == NULL ? ".body" : survey->settings->root);
    if (counts->malformed > 0 && counts->records == 0) {
        msg_hint("%s", code_line_hint);
        status = STATUS_DATA;
    } else {
        status = report_failure(survey);
    }
    msg_summary(status == STATUS_OK && counts->malformed == 0,
        "records=%" PRIu64 " malformed=%" PRIu64 " errors=%" PRIu64
        " paths=%zu personal=%zu uncovered=%zu seconds=%.2f%s",
        counts->records, counts->malformed, counts->errors, survey->paths, survey->personal,
        survey->cover == NULL ? 0 : survey->uncovered,
        (double)(clock_monotonic_ms() - survey->begin) / 1000,
        line_skipped_text(line_skipped(survey->intake.reader), skipped));
    if (status == STATUS_OK)
        add_notes(survey);
    return status;
}

static int print(struct survey *survey)
{
    int printed = print_all(survey);
    if (printed != 0 && out_error(survey->intake.out) == 0) {
        msg_error("out of memory");
        return STATUS_INTERNAL;
    }
    int closed = out_close(survey->intake.out);
    survey->intake.out = NULL;
    if (closed == 0 && printed == 0)
        return 0;
    msg_error("cannot write to standard output: %s", out_reason(errno));
    return STATUS_IO;
}

int survey_run(const struct settings *settings)
{
    struct failure failure;
    struct survey survey = { .settings = settings, .begin = clock_monotonic_ms() };
    int status = open_all(&survey);
    if (status < 0) {
        msg_error("cannot set up: %s", strerror(errno));
        status = STATUS_INTERNAL;
    }
    if (status == 0 && confinement_enter(settings->stream.require_sandbox, -1, &failure) != 0)
        status = failure_report(&failure);
    if (status == 0)
        status = read_all(&survey);
    if (status == 0) {
        intake_end_meter(&survey.intake);
        status = print(&survey);
    }
    if (status == 0)
        status = end(&survey);
    close_all(&survey);
    return status;
}
