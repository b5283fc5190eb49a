#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "base/trusted_file.h"
#include "confine/protect.h"
#include "crypto/algorithms.h"
#include "mask/lines.h"
#include "mask/policy_file.h"
#include "mask/policy_finish.h"
#include "mask/policy_text.h"
#include "mask/selftest.h"
#include "mask/startup.h"

/* ---- policies -------------------------------------------------------------------------------- */

static int fail_rule(struct failure *failure, const char *option, const char *value,
    const struct policy_error *error)
{
    enum status status =
        policy_error_status(error->cause) == STATUS_CONFIG ? STATUS_USAGE : STATUS_INTERNAL;
    if (error->cause == POLICY_METHOD)
        return failure_set(failure, status, "option %s %.200s: unknown method (methods are %s)",
            option, value, method_names());
    (void)failure_set(failure, status, "option %s %.200s: column %u: %s", option, value,
        error->column, policy_error_text(error->cause));
    if (error->cause == POLICY_PATH)
        (void)failure_hint(failure,
            "begin a path with a dot and write one key per step: .ip, .user.ip");
    return -1;
}

int startup_policy(const char *root, const char *file, const char *const *rules, size_t rule_count,
    struct policy **result, struct failure *failure)
{
    struct policy_error error = { .cause = POLICY_OK };
    struct policy *policy = policy_new(root, &error);
    if (policy == NULL)
        return fail_rule(failure, "--root", root, &error);
    int status = 0;
    if (file != NULL &&
        (policy_file_read(policy, file, &error) != 0 || policy_finish(policy, &error) != 0))
        status = policy_error_report(&error, file, failure);
    for (size_t i = 0; i < rule_count && status == 0; i++)
        if (policy_text_option(policy, rules[i], &error) != 0)
            status = fail_rule(failure, "--mask", rules[i], &error);
    if (status == 0 && file == NULL && rule_count == 0 && policy_text_builtin(policy, &error) != 0)
        status = failure_no_memory(failure);
    if (status == 0 && file == NULL && policy_finish(policy, &error) != 0)
        status = failure_set(failure, STATUS_USAGE, "options --mask: %s",
            policy_error_text(error.cause));
    if (status != 0) {
        policy_free(policy);
        return -1;
    }
    *result = policy;
    return 0;
}

/*
 * Print ${text} on standard output, unless the buffer could not hold it. Return 0, or -1 with
 * ${failure}.
 */
static int print(const struct buf *text, struct failure *failure)
{
    struct out *out = text->failed ? NULL : out_open(STDOUT_FILENO);
    if (out == NULL)
        return failure_no_memory(failure);
    (void)out_write(out, text->data, text->length); /* out_close() reports a failure */
    if (out_close(out) != 0)
        return failure_set(failure, STATUS_IO, "cannot write to standard output: %s",
            out_reason(errno));
    return 0;
}

int startup_print_policy(const struct policy *policy, struct failure *failure)
{
    struct buf text;
    buf_init(&text, (size_t)1 << 24);
    (void)policy_text_print(policy, &text); /* print() sees a failure in the buffer */
    int result = print(&text, failure);
    buf_free(&text);
    return result;
}

int startup_self_test(struct failure *failure)
{
    struct buf report;
    size_t failed = 0;
    if (algorithms_init() != 0)
        return failure_set(failure, STATUS_INTERNAL,
            "OpenSSL lacks an algorithm or computes it wrongly");
    buf_init(&report, (size_t)1 << 20);
    (void)selftest_run(&report, &failed); /* print() sees a failure in the buffer */
    int result = print(&report, failure);
    buf_free(&report);
    if (result == 0 && failed > 0)
        result = failure_set(failure, STATUS_INTERNAL, "%zu of the vectors failed", failed);
    return result;
}

/* ---- keys ------------------------------------------------------------------------------------ */

int startup_key_failure(const char *file, const struct keyring_error *error,
    struct failure *failure)
{
    enum keyring_cause cause = error->cause;
    enum status status = STATUS_CONFIG;
    const char *hint = keyring_cause_remedy(cause);
    char place[16] = "";
    if (keyring_cause_is_permission(cause))
        status = STATUS_PERMISSION;
    else if (cause == KEYRING_READ)
        status = STATUS_IO;
    else if (cause == KEYRING_MEMORY || cause == KEYRING_CRYPTO)
        status = STATUS_INTERNAL;
    if (hint == NULL && error->errnum == EACCES)
        hint = trusted_file_denied(file);
    else if (hint == NULL && cause == KEYRING_OPEN && error->errnum == ENOENT)
        hint = "make a key file with pii-keygen";
    if (error->line > 0)
        (void)snprintf(place, sizeof place, ":%u", error->line);
    (void)failure_set(failure, status, "key file %s%s: %s%s%s", file, place,
        keyring_cause_text(cause), error->errnum != 0 ? ": " : "",
        error->errnum != 0 ? strerror(error->errnum) : "");
    return hint == NULL ? -1 : failure_hint(failure, "%s", hint);
}

int startup_keys(const char *file, bool group_readable, struct keyring **ring,
    struct failure *failure)
{
    struct keyring_error error;
    if (algorithms_init() != 0)
        return failure_set(failure, STATUS_INTERNAL,
            "OpenSSL lacks an algorithm or computes it wrongly");
    if (protect_process() != 0)
        return failure_set(failure, STATUS_INTERNAL,
            "cannot keep the process from dumping core: %s", strerror(errno));
    return keyring_load(file, group_readable, ring, &error) == 0
        ? 0
        : startup_key_failure(file, &error, failure);
}

int startup_key_id(const struct keyring *ring, const char *id, size_t *key, struct failure *failure)
{
    *key = strlen(id) == KEYRING_ID ? keyring_find(ring, id) : KEYRING_NONE;
    if (*key != KEYRING_NONE)
        return 0;
    (void)failure_set(failure, STATUS_USAGE, "option --key-id %.32s: no such key in the key file",
        id);
    return failure_hint(failure, "use pii-keygen --list to print the ids of a key file");
}

int startup_lines(const struct policy *policy, const char *path, bool undo, bool has_key,
    size_t *rule, struct failure *failure)
{
    *rule = lines_find(policy, path);
    if (*rule == LINES_NONE) {
        (void)failure_set(failure, STATUS_USAGE,
            "option --lines %.200s: the policy names no such path", path);
        return failure_hint(failure, "use --print-policy to print the paths of the policy");
    }
    const struct method *method = policy->rules[*rule].method;
    if (method->action != METHOD_REPLACE)
        return failure_set(failure, STATUS_USAGE, "option --lines %.200s: %s writes no value", path,
            method->name);
    if (method->needs_record)
        return failure_set(failure, STATUS_USAGE,
            "option --lines %.200s: %s needs the whole record", path, method->name);
    if (undo && !method->reversible)
        return failure_set(failure, STATUS_USAGE, "option --lines %.200s: %s cannot be undone",
            path, method->name);
    if (undo && method->needs_key_id && !has_key)
        return failure_set(failure, STATUS_USAGE,
            "option --lines %.200s: values of %s do not name their key, so --key-id is needed",
            path, method->name);
    return 0;
}
