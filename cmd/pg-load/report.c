#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/out.h"
#include "record/code.h"
#include "record/record.h"
#include "report.h"
#include "shutdown.h"

enum { CODE_REFUSED = CODE_COUNT, CODE_OTHER }; /* refused by the server; by an unknown program */

enum {
    NAMED_REFUSALS = 10,
    MAX_TEXT_OUT = 128 << 20,
    KEEP_TEXT = 1 << 20,
    WRITE_AT = 65536 /* verdicts are written once they fill this */
};

const char *report_rare(const struct counts *counts, char text[REPORT_RARE_SIZE])
{
    const struct {
        const char *name;
        uint64_t count;
    } rare[] = { { "inserted", counts->inserted }, { "updated", counts->updated },
        { "stale", counts->stale }, { "unkeyed", counts->unkeyed },
        { "kept_out", counts->kept_out }, { "differing", counts->differing },
        { "notices", counts->notices } };
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof rare / sizeof *rare; i++)
        if (rare[i].count > 0) /* at most 9 letters and 20 digits each: they fit */
            length += (size_t)snprintf(text + length, REPORT_RARE_SIZE - length, " %s=%" PRIu64,
                rare[i].name, rare[i].count);
    return text;
}

int report_open(struct reporter *reporter, const struct load_options *options, bool has_ledger,
    struct failure *failure)
{
    *reporter = (struct reporter){ .options = options,
        .has_ledger = has_ledger,
        .reject_fd = -1,
        .reject_name = options->reject_file };
    buf_init(&reporter->text, MAX_TEXT_OUT);
    reporter->verdicts = outqueue_open(STDOUT_FILENO);
    if (reporter->verdicts == NULL)
        return failure_set(failure, STATUS_IO, "cannot write to standard output: %s",
            out_reason(errno));
    if (options->reject_file == NULL)
        return 0;
    reporter->reject_fd =
        open(options->reject_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (reporter->reject_fd < 0)
        return failure_set(failure, STATUS_IO, "%s: %s", options->reject_file, strerror(errno));
    reporter->rejects = out_open(reporter->reject_fd);
    return reporter->rejects == NULL ? failure_no_memory(failure) : 0;
}

static void note(struct failure *failure, const char *what)
{
    if (failure->status == STATUS_OK)
        failure_set(failure, STATUS_IO, "%s: %s", what, out_reason(errno));
}

int report_close(struct reporter *reporter, struct failure *failure)
{
    if (reporter->rejects != NULL && out_close(reporter->rejects) != 0)
        note(failure, reporter->reject_name);
    else if (reporter->rejects == NULL && reporter->reject_fd >= 0)
        (void)close(reporter->reject_fd);
    if (reporter->verdicts != NULL && outqueue_close(reporter->verdicts) != 0)
        note(failure, "cannot write to standard output");
    buf_free(&reporter->text);
    return failure->status == STATUS_OK ? 0 : -1;
}

bool report_is_closed(const struct reporter *reporter)
{
    struct pollfd out = { .fd = STDOUT_FILENO };
    return outqueue_error(reporter->verdicts) != 0 ||
        (poll(&out, 1, 0) > 0 && (out.revents & POLLERR) != 0);
}

const char *report_code(unsigned code)
{
    return code < CODE_COUNT ? code_word(code) : code == CODE_REFUSED ? "refused" : "other";
}

static void count_code(struct counts *counts, const struct refusal *refusal)
{
    unsigned code = code_number(refusal->code);
    if (code == CODE_COUNT)
        code = strcmp(refusal->code, "refused") == 0 ? CODE_REFUSED : CODE_OTHER;
    counts->codes[code]++;
}

static void count_delay(struct counts *counts, const struct item *item, uint64_t done_ms)
{
    uint64_t sent_ms = item->has_message ? pg_key_sent_ms(&item->message_key) : 0;
    if (done_ms != 0 && sent_ms != 0)
        histogram_add(&counts->delays, done_ms > sent_ms ? done_ms - sent_ms : 0);
}

static void count(struct counts *counts, const struct item *item, bool has_ledger)
{
    switch (item->verdict) {
    case VERDICT_COMMITTED:
    case VERDICT_WOULD_COMMIT:
        counts->committed++;
        counts->unkeyed += has_ledger && !item->has_key;
        counts->inserted += item->effect == VERDICT_EFFECT_INSERTED;
        counts->updated += item->effect == VERDICT_EFFECT_UPDATED;
        counts->stale += item->effect == VERDICT_EFFECT_STALE;
        break;
    case VERDICT_DUPLICATE:
    case VERDICT_WOULD_DUPLICATE:
        counts->duplicate++;
        counts->differing += item->differs;
        break;
    case VERDICT_QUARANTINED:
    case VERDICT_WOULD_QUARANTINE:
        counts->quarantined++;
        break;
    case VERDICT_UNKNOWN:
        break;
    default:
        counts->rejected++;
        break;
    }
}

static bool is_refused(const struct item *item)
{
    return item->verdict == VERDICT_QUARANTINED || item->verdict == VERDICT_REJECTED ||
        item->verdict == VERDICT_WOULD_QUARANTINE || item->verdict == VERDICT_WOULD_REJECT ||
        item->verdict == VERDICT_UNKNOWN;
}

/* Name the first refused records: codes and names only, unless --show-values was given. */
static void name_refusal(struct reporter *reporter, const struct row_batch *batch,
    const struct item *item)
{
    const struct refusal *refusal = &batch->refusals[item->refusal];
    const char *name = pg_sqlstate_name(refusal->sqlstate);
    bool show = reporter->options->show_values && refusal->text[0] != '\0';
    if (reporter->reported++ >= NAMED_REFUSALS && !show && msg_level() < MSG_VERBOSE) {
        if (reporter->reported == NAMED_REFUSALS + 1)
            msg_warn("more records refused; -v names every one");
        return;
    }
    struct buf *text = &reporter->text; /* the verdicts use it later */
    buf_clear(text);
    buf_printf(text, "line %" PRIu64 " %s: %s %s", item->number,
        item->verdict == VERDICT_UNKNOWN ? "without a verdict" : verdict_status_name(item->verdict),
        refusal->stage, refusal->code);
    if (refusal->sqlstate[0] != '\0')
        buf_printf(text, ", SQLSTATE %s", refusal->sqlstate);
    if (name != NULL)
        buf_printf(text, " %s", name);
    if (refusal->column[0] != '\0')
        buf_printf(text, ", column %s", refusal->column);
    if (refusal->constraint[0] != '\0')
        buf_printf(text, ", constraint %s", refusal->constraint);
    const char *words =
        refusal->unpartitioned ? "no partition takes it" : code_text(refusal->stage, refusal->code);
    if (show)
        buf_printf(text, ": %s", refusal->text);
    else if (words != NULL)
        buf_printf(text, ": %s", words);
    if (buf_cstr(text) != NULL)
        msg_warn("%s", buf_cstr(text));
    buf_clear(text);
}

/* Hint once at sqs-unwrap when another program has made several records of one message. */
static void hint_at_split(struct reporter *reporter, const struct item *item)
{
    if (item->split && !reporter->hinted_at_split)
        msg_hint("make several records of one message with sqs-unwrap");
    reporter->hinted_at_split = reporter->hinted_at_split || item->split;
}

/* Hint once at a path of --key that lacks .body and finds nothing. */
static void hint_at_key(struct reporter *reporter, const struct row_batch *batch,
    const struct refusal *refusal)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    const char *path = batch->plan->key_line.expression;
    if (reporter->hinted_at_key || path == NULL || reporter->options->root != NULL ||
        strcmp(refusal->stage, "load") != 0 || strcmp(refusal->code, "key") != 0)
        return;
    size_t length = *path == '.' ? strspn(path + 1, letters) : 0;
    if (length > 0 && path[1 + length] == '\0' && strcmp(path, ".body") != 0)
        msg_hint("paths begin at the record: write .body%.65s for the key of the body", path);
    reporter->hinted_at_key = true;
}

/*
 * Copy the original line, so that the file can be edited and loaded; of a cut line what is known.
 */
static int copy_reject(struct reporter *reporter, const struct row_batch *batch,
    const struct item *item)
{
    const char *line = item->line.length == 0 ? "" : batch->lines.data + item->line.at;
    if (reporter->rejects == NULL)
        return 0;
    if (item->is_long) {
        const struct refusal *refusal = &batch->refusals[item->refusal];
        const struct record_error error = { refusal->stage, refusal->code, NULL };
        if (record_write_error(&reporter->text, item->sqs.length == 0 ? NULL : line,
                item->sqs.length, &error, NULL, 0) != 0) {
            errno = ENOMEM;
            return -1;
        }
        int written = out_write(reporter->rejects, reporter->text.data, reporter->text.length);
        buf_shrink(&reporter->text, KEEP_TEXT);
        return written;
    }
    if (out_write(reporter->rejects, line, item->line.length) != 0)
        return -1;
    return out_write(reporter->rejects, "\n", 1);
}

/* Append the next verdicts of the batch, up to a limit. Return 0, or -1 with errno. */
static int gather(struct reporter *reporter)
{
    const struct row_batch *batch = reporter->batch;
    while (reporter->at < batch->count && reporter->text.length < WRITE_AT) {
        const struct item *item = &batch->items[reporter->at++];
        if (item->verdict == VERDICT_UNKNOWN)
            continue;
        const char *sqs = item->sqs.length == 0 ? NULL : batch->lines.data + item->sqs.at;
        bool done = item->verdict == VERDICT_COMMITTED || item->verdict == VERDICT_WOULD_COMMIT;
        enum verdict_effect effect = done ? (enum verdict_effect)item->effect : VERDICT_EFFECT_NONE;
        if (verdict_write_effect(&reporter->text, sqs, item->sqs.length, item->number,
                item->verdict, effect) != 0) {
            errno = ENOMEM;
            return -1;
        }
    }
    int added = outqueue_add(reporter->verdicts, reporter->text.data, reporter->text.length);
    buf_shrink(&reporter->text, KEEP_TEXT);
    return added;
}

/*
 * Write what the reader takes. Return 0, or -1 with errno: ETIMEDOUT when the shutdown came first.
 */
static int write_out(struct reporter *reporter)
{
    struct outqueue *queue = reporter->verdicts;
    while (reporter->at < reporter->batch->count || outqueue_waiting(queue) > 0) {
        if (outqueue_waiting(queue) == 0 && gather(reporter) != 0)
            return -1;
        if (outqueue_write(queue) != 0)
            return -1;
        if (outqueue_waiting(queue) == 0)
            continue;
        errno = ETIMEDOUT;
        return shutdown_requested() ? -1 : 0;
    }
    reporter->batch = NULL;
    return 0;
}

int report_continue(struct reporter *reporter, struct failure *failure)
{
    if (write_out(reporter) == 0)
        return 0;
    reporter->batch = NULL;
    return failure_set(failure, STATUS_IO, "cannot write to standard output: %s",
        errno == ETIMEDOUT ? "its reader does not read" : out_reason(errno));
}

bool report_is_busy(const struct reporter *reporter)
{
    return reporter->batch != NULL;
}

short report_events(const struct reporter *reporter)
{
    return outqueue_events(reporter->verdicts);
}

/*
 * Warn once of each condition, when a run first meets it. ${before}: the counts without this batch.
 */
static void remark(const struct counts *before, const struct counts *counts)
{
    if (before->unkeyed == 0 && counts->unkeyed > 0)
        msg_warn(
            "records without a message id are loaded outside the ledger; loading again doubles them");
    if (before->differing == 0 && counts->differing > 0) {
        msg_warn("records repeat a loaded key with other values; they count as duplicates");
        msg_hint("use --strict-key to refuse them");
    }
    if (before->kept_out == 0 && counts->kept_out > 0)
        msg_warn("a trigger kept %" PRIu64 " of %" PRIu64
                 " rows out of the table, or moved them; they count as committed",
            counts->kept_out, counts->committed);
}

int report_batch(struct reporter *reporter, const struct row_batch *batch, struct failure *failure)
{
    struct counts *counts = &reporter->counts;
    const struct counts before = *counts;
    counts->batches++;
    counts->kept_out += batch->kept_out;
    counts->notices += batch->notices;
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        count(counts, item, reporter->has_ledger);
        if (item->verdict == VERDICT_COMMITTED)
            count_delay(counts, item, batch->done_ms);
        if (!is_refused(item))
            continue;
        if (batch->done_ms != 0)
            count_code(counts, &batch->refusals[item->refusal]);
        const struct refusal *refusal = &batch->refusals[item->refusal];
        reporter->no_records +=
            strcmp(refusal->stage, "load") == 0 && code_is_of_line(refusal->code);
        name_refusal(reporter, batch, item);
        hint_at_split(reporter, item);
        hint_at_key(reporter, batch, refusal);
        if (copy_reject(reporter, batch, item) != 0)
            return failure_set(failure, STATUS_IO, "%s: %s", reporter->reject_name,
                strerror(errno));
    }
    remark(&before, counts);
    /* Write the copies first: a verdict may take effect as soon as it is read. */
    if (reporter->rejects != NULL && out_flush(reporter->rejects) != 0)
        return failure_set(failure, STATUS_IO, "%s: %s", reporter->reject_name, strerror(errno));
    reporter->batch = batch;
    reporter->at = 0;
    return report_continue(reporter, failure);
}
