#ifndef MASK_STARTUP_H
#define MASK_STARTUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"
#include "mask/keyring.h"
#include "mask/policy.h"

/* Opens what a command line names, and reports failures. */

/*
 * startup_policy(root, file, rules, rule_count, policy, failure):
 * Read the policy of ${file}; when that is NULL, of the ${rules} ("PATH=METHOD[:NAME]"); without
 * rules, the built-in policy. Return 0 with *policy, which the caller owns, or -1 with ${failure}.
 */
int startup_policy(const char *root, const char *file, const char *const *rules, size_t rule_count,
    struct policy **policy, struct failure *failure);

/* Print the policy on standard output and close it. Return 0, or -1 with ${failure}. */
int startup_print_policy(const struct policy *policy, struct failure *failure);

/*
 * Run mask/selftest.h, print its report on standard output and close it. Return 0, or -1 with
 * ${failure} when a vector failed.
 */
int startup_self_test(struct failure *failure);

/*
 * startup_keys(file, group_readable, ring, failure):
 * Prepare OpenSSL, protect the process from being dumped, and load the key file. Return 0 with
 * *ring, which the caller owns, or -1 with ${failure}.
 */
int startup_keys(const char *file, bool group_readable, struct keyring **ring,
    struct failure *failure);

/*
 * Set *key to the number in the ring of the key that --key-id names. Return 0, or -1 with
 * ${failure}.
 */
int startup_key_id(const struct keyring *ring, const char *id, size_t *key,
    struct failure *failure);

/*
 * startup_lines(policy, path, undo, has_key, rule, failure):
 * Set *rule to the number of the rule for --lines ${path}. It must replace values; with ${undo} by
 * a reversible method. ${has_key} says that the key is known. Return 0, or -1 with ${failure}.
 */
int startup_lines(const struct policy *policy, const char *path, bool undo, bool has_key,
    size_t *rule, struct failure *failure);

/* Fill ${failure} for a key file. Return -1. */
int startup_key_failure(const char *file, const struct keyring_error *error,
    struct failure *failure);

#endif
