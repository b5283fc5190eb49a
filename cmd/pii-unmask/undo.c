#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/status.h"
#include "mask/audit.h"
#include "mask/lines.h"
#include "mask/mapping_reader.h"
#include "mask/unmask.h"
#include "undo.h"

/* The work: one of three kinds. */
struct undo {
    const struct options *options;
    struct unmask *unmask;
    struct lines *lines;
    struct mapping_reader *mapping;
    struct audit *audit;
    const struct program_inputs *inputs;
};

static int open_undo(void *context, const struct program_inputs *inputs, struct filter_work *work)
{
    struct undo *undo = context;
    errno = ENOMEM; /* the only cause, apart from OpenSSL */
    undo->inputs = inputs;
    if (inputs->journal != NULL) {
        undo->audit = audit_new(inputs->journal, inputs->ring);
        if (undo->audit == NULL)
            return -1;
    }
    if (undo->options->mapping != NULL) {
        if (mapping_reader_new(STDIN_FILENO, undo->options->program.stream.max_record, inputs->ring,
                &undo->mapping) != 0)
            return -1;
        *work = mapping_reader_work(undo->mapping);
        return 0;
    }
    if (undo->options->program.lines != NULL) {
        undo->lines =
            lines_new(inputs->policy, inputs->rule, inputs->ring, LINES_UNMASK, inputs->key);
        if (undo->lines == NULL)
            return -1;
        *work = lines_work(undo->lines);
        return 0;
    }
    undo->unmask = unmask_new(inputs->policy, inputs->ring);
    if (undo->unmask == NULL)
        return -1;
    unmask_assume_key(undo->unmask, inputs->key);
    *work = unmask_work(undo->unmask);
    return 0;
}

static void close_undo(void *context)
{
    struct undo *undo = context;
    unmask_free(undo->unmask);
    lines_free(undo->lines);
    mapping_reader_free(undo->mapping);
    audit_free(undo->audit);
}

static int start_undo(void *context)
{
    const struct undo *undo = context;
    return undo->audit != NULL ? audit_start(undo->audit) : 0;
}

/* Return the number of unmasked values. */
static uint64_t values_back(const struct undo *undo)
{
    uint64_t values = 0;
    for (size_t i = 0; i < undo->inputs->policy->rule_count; i++)
        values += unmask_values(undo->unmask, i);
    return values;
}

/* Warn of records that were not unmasked. */
static void tell_left(const struct undo *undo, const struct filter_counts *counts)
{
    if (counts->errors > 0) {
        msg_warn("%" PRIu64 " of %" PRIu64 " records could not be unmasked and pass unchanged",
            counts->errors, counts->records);
        msg_hint("look at their member error: unknown-key means that the key file lacks the key");
    } else if (counts->changed + unmask_left(undo->unmask) > 0 && counts->opened == 0 &&
        values_back(undo) == 0) {
        msg_warn("nothing was unmasked: no rule of the policy matched a masked value");
        msg_hint(
            "give the policy of the masking with --policy, and the place of the values with --root");
    }
}

static void say(const struct unmask *unmask, const struct lines *lines,
    const struct filter_counts *counts, double seconds, bool plain)
{
    char skipped[LINE_SKIPPED_SIZE];
    if (unmask != NULL) {
        msg_summary(plain,
            "records=%" PRIu64 " unmasked=%" PRIu64 " opened=%" PRIu64 " passed=%" PRIu64
            " errors=%" PRIu64 " seconds=%.2f%s",
            counts->records, counts->changed, counts->opened, counts->passed, counts->errors,
            seconds, line_skipped_text(counts->skipped, skipped));
        return;
    }
    if (counts->errors > 0 && lines != NULL)
        msg_error("%" PRIu64 " of %" PRIu64
                  " lines could not be unmasked, the first is line %" PRIu64,
            counts->errors, counts->records, lines_first_failed(lines));
    msg_summary(plain,
        "lines=%" PRIu64 " unmasked=%" PRIu64 " empty=%" PRIu64 " errors=%" PRIu64
        " seconds=%.2f%s",
        counts->records, counts->changed, counts->passed, counts->errors, seconds,
        line_skipped_text(counts->skipped, skipped));
}

/* Write the counts by domain and the end of the run to the audit file. Return the exit status. */
static int end_audit(const struct undo *undo, const struct filter_counts *counts, int status)
{
    const struct policy *policy = undo->inputs->policy;
    int result = 0;
    for (size_t i = 0; undo->unmask != NULL && i < policy->rule_count && result == 0; i++) {
        const struct policy_rule *rule = &policy->rules[i];
        uint64_t values = unmask_values(undo->unmask, i);
        if (values > 0)
            result = audit_count(undo->audit, rule->domain, rule->domain_length, values);
    }
    if (counts->opened > 0 && result == 0)
        result = audit_count(undo->audit, "", 0, counts->opened);
    if (undo->lines != NULL && counts->changed > 0 && result == 0) {
        const struct policy_rule *rule = &policy->rules[undo->inputs->rule];
        result = audit_count(undo->audit, rule->domain, rule->domain_length, counts->changed);
    }
    for (size_t i = 0; undo->mapping != NULL && result == 0; i++) {
        size_t length;
        uint64_t values;
        const char *domain = mapping_reader_domain(undo->mapping, i, &length, &values);
        if (domain == NULL)
            break;
        result = audit_count(undo->audit, domain, length, values);
    }
    if (result == 0 && audit_end(undo->audit, counts->records, counts->errors, status) == 0)
        return status;
    msg_error("cannot write --audit file %s: %s", undo->options->program.journal_file,
        strerror(errno));
    return status == STATUS_OK || status == STATUS_PARTIAL ? STATUS_IO : status;
}

static int end_undo(void *context, const struct filter_counts *counts, double seconds, int status)
{
    const struct undo *undo = context;
    if (status == STATUS_OK && counts->errors > 0)
        status = STATUS_PARTIAL;
    if (undo->unmask != NULL && msg_level() >= MSG_NORMAL)
        tell_left(undo, counts);
    say(undo->unmask, undo->lines, counts, seconds, status == STATUS_OK);
    return undo->audit != NULL ? end_audit(undo, counts, status) : status;
}

static const struct program_figures figures = {
    { PROGRAM_METRIC_READ, { "sqs2pg_records_unmasked_total", "Records unmasked.", METRIC_COUNTER },
        { "sqs2pg_records_opened_total", "Error records opened.", METRIC_COUNTER },
        PROGRAM_METRIC_PASSED, PROGRAM_METRIC_ERRORS, METER_LAST_SUCCESS },
    { PROGRAM_READ, PROGRAM_CHANGED, PROGRAM_OPENED, PROGRAM_PASSED, PROGRAM_ERRORS,
        PROGRAM_LAST_SUCCESS },
    6,
};

static const struct program_figures figures_of_lines = {
    { { "sqs2pg_lines_read_total", "Single values read, one a line.", METRIC_COUNTER },
        { "sqs2pg_lines_unmasked_total", "Single values unmasked.", METRIC_COUNTER },
        { "sqs2pg_lines_errors_total", "Single values that could not be masked or unmasked.",
            METRIC_COUNTER },
        METER_LAST_SUCCESS },
    { PROGRAM_READ, PROGRAM_CHANGED, PROGRAM_ERRORS, PROGRAM_LAST_SUCCESS },
    4,
};

/* Make the mapping standard input. Return 0, or the exit status. */
static int take_mapping(const char *path)
{
    struct stat file;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool good = fd != -1 && fstat(fd, &file) == 0;
    if (good && !S_ISREG(file.st_mode)) {
        errno = EINVAL;
        good = false;
    }
    good = good && dup2(fd, STDIN_FILENO) != -1;
    if (!good)
        msg_error("cannot open --mapping file %s: %s", path,
            errno == EINVAL ? "not a regular file" : strerror(errno));
    if (fd != -1 && fd != STDIN_FILENO)
        (void)close(fd); /* nothing was written */
    return good ? 0 : STATUS_IO;
}

int undo_run(const struct options *options)
{
    struct undo undo = { .options = options };
    const struct program_verb verb = { .undo = true,
        .figures = options->program.lines != NULL ? &figures_of_lines : &figures,
        .open = open_undo,
        .end = end_undo,
        .start = start_undo,
        .close = close_undo,
        .context = &undo };
    int status =
        options->mapping != NULL && !options->program.self_test && !options->program.print_policy
        ? take_mapping(options->mapping)
        : 0;
    return status != 0 ? status : program_run(&options->program, &verb);
}
