#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/msg.h"
#include "base/status.h"
#include "figures.h"
#include "job.h"
#include "mask/lines.h"
#include "mask/mask.h"
#include "mask/rewrap.h"
#include "record/code.h"

enum { FIGURES = 400 }; /* bytes, in a line of messages */

/* The work: one of three kinds. */
struct job {
    const struct options *options;
    struct mask *mask;
    struct rewrap *rewrap;
    struct lines *lines;
    struct mapping *mapping;
    bool explained; /* a warning named the reason for having masked nothing */
    bool unmet;     /* a rule matched nothing in a short run */
};

static void tell(void *context, const struct mask_notice *notice)
{
    struct job *job = context;
    if (notice->kind == MASK_UNMET && notice->records < MASK_FIRST_RECORDS) {
        if (!job->explained)
            msg_warn("policy path %s matched no record", notice->what);
        job->unmet = !job->explained;
        return;
    }
    if (notice->kind == MASK_UNMET) {
        msg_warn("policy path %s matched none of the first 100 records", notice->what);
        msg_hint("write \"optional\" behind the rule of a path that may be absent");
        return;
    }
    job->explained = true;
    if (notice->kind == MASK_VERDICT) {
        msg_warn("the input looks like verdicts of pg-load, which hold nothing to mask");
        msg_hint("put pii-mask before pg-load: sqs-pull | pii-mask | pg-load | sqs-ack");
        return;
    }
    msg_warn("a record that no rule matched is an envelope: %s", notice->what);
    msg_hint("put sqs-unwrap before pii-mask to take the event out");
}

static int open_job(void *context, const struct program_inputs *inputs, struct filter_work *work)
{
    struct job *job = context;
    errno = ENOMEM; /* the only cause, apart from OpenSSL */
    if (job->options->program.lines != NULL) {
        job->lines =
            lines_new(inputs->policy, inputs->rule, inputs->ring, LINES_MASK, KEYRING_NONE);
        if (job->lines == NULL)
            return -1;
        *work = lines_work(job->lines);
    } else if (job->options->rewrap) {
        job->rewrap = rewrap_new(inputs->policy, inputs->ring);
        if (job->rewrap == NULL)
            return -1;
        rewrap_assume_key(job->rewrap, inputs->key);
        *work = rewrap_work(job->rewrap);
    } else {
        job->mask = mask_new(inputs->policy, inputs->ring);
        if (job->mask == NULL)
            return -1;
        mask_set_notice(job->mask, tell, job);
        if (inputs->journal != NULL) {
            job->mapping = mapping_new(inputs->policy, inputs->ring, inputs->journal);
            if (job->mapping == NULL)
                return -1;
            mask_map(job->mask, job->mapping);
        }
        *work = mask_work(job->mask);
    }
    return 0;
}

static void close_job(void *context)
{
    struct job *job = context;
    lines_free(job->lines);
    rewrap_free(job->rewrap);
    mask_free(job->mask);
    mapping_free(job->mapping);
}

/* Append "NAME:COUNT", after a comma unless it is the first. */
static void put_figure(void *context, const char *name, uint64_t count)
{
    struct buf *out = context;
    if (count > 0)
        buf_printf(out, "%s%s:%" PRIu64, out->length > 0 ? "," : "", name, count);
}

/* Return a value of the summary line, or "..." when it is too long or not one word. */
static const char *figures(struct buf *figures)
{
    const char *text = figures->failed ? "..." : buf_cstr(figures);
    return text != NULL && strpbrk(text, " \"=") == NULL ? text : "...";
}

static int end_lines(const struct job *job, const struct filter_counts *counts, double seconds,
    int status)
{
    char skipped[LINE_SKIPPED_SIZE];
    if (counts->errors > 0)
        msg_error("%" PRIu64 " of %" PRIu64
                  " lines could not be masked, the first is line %" PRIu64,
            counts->errors, counts->records, lines_first_failed(job->lines));
    if (status == STATUS_OK && counts->errors > 0)
        status = STATUS_PARTIAL;
    msg_summary(status == STATUS_OK,
        "lines=%" PRIu64 " masked=%" PRIu64 " empty=%" PRIu64 " errors=%" PRIu64 " seconds=%.2f%s",
        counts->records, counts->changed, counts->passed, counts->errors, seconds,
        line_skipped_text(counts->skipped, skipped));
    return status;
}

/* Print the meaning of a code that occurred. */
static void put_words(void *context, const char *name, uint64_t count)
{
    const char *words = code_text("mask", name);
    (void)context;
    if (count > 0 && words != NULL)
        msg_note(true, "%" PRIu64 " %s could not be masked, %s: %s", count,
            count == 1 ? "record" : "records", name, words);
}

static void add_no_records(void *context, const char *name, uint64_t count)
{
    uint64_t *sum = context;
    if (code_is_of_line(name))
        *sum += count;
}

/*
 * Report the end of a run. Error records do not fail it: they go on, sealed, and pg-load
 * quarantines them.
 */
static void end_mask(const struct job *job, const struct filter_counts *counts, double seconds,
    int status)
{
    const struct mask *mask = job->mask;
    char skipped[LINE_SKIPPED_SIZE];
    struct buf paths, codes;
    mask_tell_unmet(mask);
    if (job->unmet)
        msg_hint(
            "use pii-scan to list the paths of the records and what the policy does with them");
    mask_each_code(mask, put_words, NULL);
    uint64_t no_records = 0;
    mask_each_code(mask, add_no_records, &no_records);
    if (no_records > 0 && no_records == counts->records)
        msg_hint("%s", code_line_hint);
    if (!job->explained && mask_rootless(mask) > 0 && mask_rootless(mask) == counts->records)
        msg_hint("use --root to say where the values are, --root . for plain JSON lines");
    buf_init(&paths, FIGURES);
    buf_init(&codes, FIGURES);
    mask_each_path(mask, put_figure, &paths);
    mask_each_code(mask, put_figure, &codes);
    msg_summary(status == STATUS_OK && counts->errors == 0,
        "records=%" PRIu64 " masked=%" PRIu64 " passed=%" PRIu64 " errors=%" PRIu64
        " missing=%" PRIu64 " seconds=%.2f%s%s%s%s%s",
        counts->records, counts->changed, counts->passed, counts->errors, mask_missing(mask),
        seconds, line_skipped_text(counts->skipped, skipped),
        paths.length > 0 ? " missing_paths=" : "", figures(&paths),
        codes.length > 0 ? " error_codes=" : "", figures(&codes));
    buf_free(&paths);
    buf_free(&codes);
}

static int end_job(void *context, const struct filter_counts *counts, double seconds, int status)
{
    const struct job *job = context;
    char skipped[LINE_SKIPPED_SIZE];
    if (job->lines != NULL)
        return end_lines(job, counts, seconds, status);
    if (job->rewrap != NULL) {
        if (status == STATUS_OK && counts->errors > 0)
            status = STATUS_PARTIAL;
        msg_summary(status == STATUS_OK,
            "records=%" PRIu64 " rewrapped=%" PRIu64 " resealed=%" PRIu64 " passed=%" PRIu64
            " errors=%" PRIu64 " seconds=%.2f%s",
            counts->records, counts->changed, counts->opened, counts->passed, counts->errors,
            seconds, line_skipped_text(counts->skipped, skipped));
        return status;
    }
    end_mask(job, counts, seconds, status);
    return status;
}

static void read_members(void *context, uint64_t *values)
{
    const struct job *job = context;
    figures_read(job->mask, values);
}

int job_run(const struct options *options)
{
    struct job job = { .options = options };
    bool masks = options->program.lines == NULL && !options->rewrap;
    const struct program_verb verb = { .undo = false,
        .figures = masks      ? &figures_of_mask
            : options->rewrap ? &figures_of_rewrap
                              : &figures_of_lines,
        .members = masks ? figures_members : NULL,
        .read_members = masks ? read_members : NULL,
        .open = open_job,
        .end = end_job,
        .close = close_job,
        .context = &job };
    return program_run(&options->program, &verb);
}
