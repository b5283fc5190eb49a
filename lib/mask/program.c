#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/out.h"
#include "base/status.h"
#include "base/stop.h"
#include "confine/confinement.h"
#include "mask/lines.h"
#include "mask/program.h"
#include "mask/startup.h"

/* ---- options --------------------------------------------------------------------------------- */

int program_take(struct program_settings *settings, int id, const char *value)
{
    switch (id) {
    case PROGRAM_KEY_FILE:
        return opt_file("key-file", value, &settings->key_file);
    case PROGRAM_POLICY:
        return opt_file("policy", value, &settings->policy_file);
    case PROGRAM_MASK:
        settings->rules[settings->rule_count++] = value;
        return 0;
    case PROGRAM_ROOT:
        settings->root = value;
        return 0;
    case PROGRAM_KEY_ID:
        settings->key_id = value;
        return 0;
    case PROGRAM_LINES:
        settings->lines = value;
        return 0;
    case PROGRAM_PRINT_POLICY:
        settings->print_policy = true;
        return 0;
    case PROGRAM_GROUP_READABLE:
        settings->group_readable = true;
        return 0;
    case PROGRAM_SELF_TEST:
        settings->self_test = true;
        return 0;
    default:
        return stream_options_take(&settings->stream, id, value);
    }
}

/* Check that the options can be used together. Return OPT_RUN, or the exit status. */
static int check(const struct program_settings *settings)
{
    if (settings->policy_file != NULL && settings->rule_count > 0)
        return opt_usage("options --policy and --mask exclude each other");
    if (settings->key_file == NULL && !settings->print_policy && !settings->self_test)
        return opt_usage("option --key-file is missing");
    return OPT_RUN;
}

int program_parse(struct program_settings *settings, const struct opt_command *command, int argc,
    char **argv, int (*take)(void *context, int id, const char *value), void *context)
{
    *settings = (struct program_settings){ .root = ".body", .stream = stream_options_defaults() };
    settings->rules = calloc((size_t)argc + 1, sizeof *settings->rules);
    if (settings->rules == NULL) {
        msg_error("out of memory");
        return STATUS_INTERNAL;
    }
    int status = opt_each(command, argc, argv, take, context);
    return status == OPT_RUN ? check(settings) : status;
}

void program_free(struct program_settings *settings)
{
    free(settings->rules);
}

/* ---- the run --------------------------------------------------------------------------------- */

/*
 * Report that the file of --mapping or --audit cannot be used; errno has the cause. Return the exit
 * status.
 */
static int report_journal(const struct program_settings *settings, const char *what)
{
    msg_error("cannot %s %s file %s: %s", what, settings->journal_option, settings->journal_file,
        errno == EINVAL ? "not a regular file" : strerror(errno));
    return STATUS_IO;
}

static int end_status(const struct program_settings *settings, enum filter_end end)
{
    switch (end) {
    case FILTER_DONE:
        return STATUS_OK;
    case FILTER_READ:
        msg_error("cannot read standard input: %s", strerror(errno));
        return STATUS_IO;
    case FILTER_WRITE:
        msg_error("cannot write to standard output: %s",
            errno == ETIMEDOUT ? "the reader stalled for longer than --grace" : out_reason(errno));
        return STATUS_IO;
    case FILTER_COMMIT:
        return report_journal(settings, "write");
    case FILTER_INTERNAL:
        break;
    }
    msg_error("out of memory, or a cryptographic operation failed");
    return STATUS_INTERNAL;
}

/* The source of the metrics. */
struct running {
    const struct program_verb *verb;
    struct meter *meter;
    struct filter_counts counts;
    uint64_t done_before; /* records at the last reading of the metrics */
    uint64_t last_success_ms;
};

static void read_figures(void *context, uint64_t *values, uint64_t *oldest_ms)
{
    struct running *running = context;
    const struct program_figures *figures = running->verb->figures;
    const struct filter_counts *counts = &running->counts;
    (void)oldest_ms; /* each record is written when it is read */
    if (counts->records - counts->errors > running->done_before)
        running->last_success_ms = clock_realtime_ms();
    running->done_before = counts->records - counts->errors;
    const uint64_t now[] = { counts->records, counts->changed, counts->opened, counts->passed,
        counts->errors, running->last_success_ms };
    for (size_t i = 0; i < figures->count; i++)
        values[i] = now[figures->from[i]];
    if (running->verb->read_members != NULL)
        running->verb->read_members(running->verb->context, values + figures->count);
}

/*
 * Open the metrics file before a key is read, because its process is forked here. Return 0, or -1
 * with ${failure}.
 */
static int open_meter(struct running *running, const struct program_settings *settings,
    const struct policy *policy, struct failure *failure)
{
    const struct program_verb *verb = running->verb;
    struct metric_member members[METRICS_MAXIMUM];
    const struct meter_config config = { .options = settings->stream.meter,
        .metrics = verb->figures->metrics,
        .count = verb->figures->count,
        .members = members,
        .member_count = verb->members == NULL ? 0 : verb->members(policy, members),
        .noun = "records",
        .apart = true,
        .read = read_figures,
        .context = running };
    if (meter_open(&running->meter, &config) == 0)
        return 0;
    return failure_set(failure, STATUS_IO, "cannot write %s: %s",
        settings->stream.meter.metrics_file, meter_reason(errno));
}

/* Close the metrics file and keep errno. */
static void close_meter(struct running *running, bool well)
{
    int error = errno;
    if (well)
        running->last_success_ms = clock_realtime_ms();
    meter_close(running->meter);
    running->meter = NULL;
    errno = error;
}

static int work_through(const struct program_settings *settings, const struct program_verb *verb,
    const struct program_inputs *inputs, struct keyring *ring, struct running *running)
{
    uint64_t begin = clock_monotonic_ms();
    struct filter_work work;
    struct failure failure;
    int status = STATUS_INTERNAL;
    int error = verb->open(verb->context, inputs, &work) == 0 ? 0 : errno;
    const struct filter_options options = { settings->stream.max_record, settings->stream.grace_ms,
        settings->lines != NULL, running->meter };
    struct filter *filter = filter_new(&options);
    if (filter == NULL)
        error = errno;
    keyring_forget(ring);
    if (keyring_lock_heap(ring) != 0)
        msg_info("the derived keys may be swapped out: %s", strerror(errno));
    if (error == 0 && stop_install() != 0)
        error = errno;
    if (error != 0) {
        msg_error("cannot set up: %s", strerror(error));
    } else if (verb->start != NULL && verb->start(verb->context) != 0) {
        status = report_journal(settings, "write");
    } else if (confinement_enter(settings->stream.require_sandbox,
                   journal_descriptor(inputs->journal), &failure) != 0) {
        status = failure_report(&failure);
    } else {
        enum filter_end end = filter_run(filter, &work, &running->counts);
        close_meter(running, end == FILTER_DONE);
        status = end_status(settings, end);
        status = verb->end(verb->context, &running->counts,
            (double)(clock_monotonic_ms() - begin) / 1000, status);
    }
    close_meter(running, false);
    filter_free(filter);
    verb->close(verb->context);
    return status;
}

static void warn_of_methods(const struct policy *policy)
{
    for (size_t i = 0; i < policy->rule_count; i++)
        if (policy->rules[i].method->warning != NULL)
            msg_warn_always("%s: %s", policy->rules[i].path, policy->rules[i].method->warning);
}

/* Refuse an option that would write to the key file. Return 0, or -1 with ${failure}. */
static int spare_key(const struct program_settings *settings, struct failure *failure)
{
    const struct {
        const char *option;
        const char *file;
    } written[] = { { "--metrics-file", settings->stream.meter.metrics_file },
        { settings->journal_option, settings->journal_file } };
    struct stat key, other;
    if (stat(settings->key_file, &key) != 0)
        return 0; /* reading it reports that */
    for (size_t i = 0; i < sizeof written / sizeof *written; i++)
        if (written[i].file != NULL && stat(written[i].file, &other) == 0 &&
            key.st_dev == other.st_dev && key.st_ino == other.st_ino)
            return failure_set(failure, STATUS_USAGE, "option %s %.200s: this is the key file",
                written[i].option, written[i].file);
    return 0;
}

int program_run(const struct program_settings *settings, const struct program_verb *verb)
{
    struct failure failure = { .status = STATUS_OK };
    struct program_inputs inputs = { .rule = LINES_NONE, .key = KEYRING_NONE };
    struct running running = { .verb = verb };
    struct policy *policy = NULL;
    struct keyring *ring = NULL;
    int status = 0;
    if (settings->self_test) {
        (void)startup_self_test(&failure); /* ${failure} has the cause */
        goto out;
    }
    if (startup_policy(settings->root, settings->policy_file, settings->rules, settings->rule_count,
            &policy, &failure) != 0)
        goto out;
    if (!verb->undo)
        warn_of_methods(policy);
    if (settings->print_policy) {
        (void)startup_print_policy(policy, &failure); /* ${failure} has the cause */
        goto out;
    }
    if (settings->lines != NULL &&
        startup_lines(policy, settings->lines, verb->undo, settings->key_id != NULL, &inputs.rule,
            &failure) != 0)
        goto out;
    if (spare_key(settings, &failure) != 0 || open_meter(&running, settings, policy, &failure) != 0)
        goto out;
    if (startup_keys(settings->key_file, settings->group_readable, &ring, &failure) != 0)
        goto out;
    if (!keyring_locked(ring))
        msg_warn("the keys may be swapped out: the limit of locked memory is too low");
    if (settings->key_id != NULL &&
        startup_key_id(ring, settings->key_id, &inputs.key, &failure) != 0)
        goto out;
    if (settings->journal_file != NULL &&
        journal_open(settings->journal_file, &inputs.journal) != 0) {
        status = report_journal(settings, "open");
        goto out;
    }
    inputs.policy = policy;
    inputs.ring = ring;
    status = work_through(settings, verb, &inputs, ring, &running);
out:
    close_meter(&running, false);
    if (failure.status != STATUS_OK)
        status = failure_report(&failure);
    journal_close(inputs.journal);
    keyring_free(ring);
    policy_free(policy);
    return status;
}
