#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/status.h"
#include "base/stop.h"
#include "mask/confinement.h"
#include "mask/lines.h"
#include "mask/startup.h"
#include "mask/unmask.h"

/* What went wrong before the first record, in words. Its status. */
static int complain(const struct startup_failure *failure)
{
    msg_error("%s", failure->text);
    if (failure->hint != NULL)
        msg_hint("%s", failure->hint);
    return (int)failure->status;
}

/* A kernel that cannot do it is always said, and fatal only if that was asked for. */
static int confine(const struct settings *settings)
{
    struct startup_failure failure = { .status = STATUS_OK };
    bool confined;
    if (confinement_enter(settings->require_sandbox, &confined, &failure) != 0)
        return complain(&failure);
    if (!confined)
        msg_warn_always("this kernel does not let the process be confined; going on without");
    return 0;
}

static int end_status(enum filter_end end, const struct filter_counts *counts)
{
    switch (end) {
    case FILTER_DONE:
        return counts->errors == 0 ? STATUS_OK : STATUS_PARTIAL;
    case FILTER_READ:
        msg_error("cannot read standard input: %s", strerror(errno));
        return STATUS_IO;
    case FILTER_WRITE:
        msg_error("cannot write to standard output: %s",
            errno == ETIMEDOUT ? "nothing was read of it for --grace" : strerror(errno));
        return STATUS_IO;
    case FILTER_INTERNAL:
        break;
    }
    msg_error("out of memory, or a cryptographic operation failed");
    return STATUS_INTERNAL;
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
    if (counts->errors > 0)
        msg_error("%" PRIu64 " of %" PRIu64
                  " lines could not be unmasked, the first of them is line %" PRIu64,
            counts->errors, counts->records, lines_first_failed(lines));
    msg_summary(plain,
        "lines=%" PRIu64 " unmasked=%" PRIu64 " empty=%" PRIu64 " errors=%" PRIu64
        " seconds=%.2f%s",
        counts->records, counts->changed, counts->passed, counts->errors, seconds,
        line_skipped_text(counts->skipped, skipped));
}

/* With what has been read: the policy, its rule for --lines, the keys and that of --key-id. */
static int work(const struct settings *settings, const struct policy *policy, size_t rule,
    struct keyring *ring, size_t key)
{
    uint64_t begin = clock_monotonic_ms();
    struct filter_counts counts;
    int status = STATUS_INTERNAL;
    bool by_line = settings->lines != NULL;
    struct lines *lines = by_line ? lines_new(policy, rule, ring, LINES_UNMASK, key) : NULL;
    struct unmask *unmask = by_line ? NULL : unmask_new(policy, ring);
    const struct filter_options options = { settings->max_record, settings->grace_ms,
        settings->lines != NULL, settings->progress };
    struct filter *filter = filter_new(&options);
    int error = filter == NULL ? errno : unmask == NULL && lines == NULL ? ENOMEM : 0;
    if (unmask != NULL)
        unmask_assume_key(unmask, key);
    keyring_forget(ring);
    if (keyring_lock_heap(ring) != 0)
        msg_info("the derived keys may be swapped out: %s", strerror(errno));
    if (error == 0 && stop_install() != 0)
        error = errno;
    if (error != 0) {
        msg_error("cannot set up: %s", strerror(error));
    } else if ((status = confine(settings)) == 0) {
        const struct filter_work job = by_line ? lines_work(lines) : unmask_work(unmask);
        status = end_status(filter_run(filter, &job, &counts), &counts);
        say(unmask, lines, &counts, (double)(clock_monotonic_ms() - begin) / 1000,
            status == STATUS_OK);
    }
    filter_free(filter);
    unmask_free(unmask);
    lines_free(lines);
    return status;
}

int run_filter(const struct settings *settings)
{
    struct startup_failure failure = { .status = STATUS_OK };
    struct policy *policy = NULL;
    struct keyring *ring = NULL;
    size_t rule = LINES_NONE;
    size_t key = KEYRING_NONE;
    int status = 0;
    if (settings->self_test) {
        (void)startup_self_test(&failure); /* it says so in ${failure} */
        goto out;
    }
    if (startup_policy(settings->root, settings->policy_file, settings->rules, settings->rule_count,
            &policy, &failure) != 0)
        goto out;
    if (settings->print_policy) {
        (void)startup_print_policy(policy, &failure); /* it says so in ${failure} */
        goto out;
    }
    if (settings->lines != NULL &&
        startup_lines(policy, settings->lines, true, settings->key_id != NULL, &rule, &failure) !=
            0)
        goto out;
    if (startup_keys(settings->key_file, settings->group_readable, &ring, &failure) != 0)
        goto out;
    if (!keyring_locked(ring))
        msg_warn("the keys may be swapped out: the limit of locked memory is too low");
    if (settings->key_id != NULL && startup_key_id(ring, settings->key_id, &key, &failure) != 0)
        goto out;
    status = work(settings, policy, rule, ring, key);
out:
    if (failure.status != STATUS_OK)
        status = complain(&failure);
    keyring_free(ring);
    policy_free(policy);
    return status;
}
