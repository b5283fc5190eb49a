#ifndef MASK_STARTUP_H
#define MASK_STARTUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"
#include "mask/keyring.h"
#include "mask/policy.h"

/* From what a command line names to what the programs work with; and what to say when that fails.
 */

/*
 * startup_policy(root, file, rules, rule_count, policy, failure):
 * The policy of ${file}; or, when that is NULL, of the ${rules} ("PATH=METHOD[:NAME]"); or, when
 * there are none, the built-in one. 0 with *policy set, the caller's, or -1 with ${failure}.
 */
int startup_policy(const char *root, const char *file, const char *const *rules, size_t rule_count,
    struct policy **policy, struct failure *failure);

/* Print the policy on standard output, which is closed. 0, or -1 with ${failure}. */
int startup_print_policy(const struct policy *policy, struct failure *failure);

/* Run mask/selftest.h and print its report on standard output, which is closed. 0, or -1: one
 * failed. */
int startup_self_test(struct failure *failure);

/*
 * startup_keys(file, group_readable, ring, failure):
 * Make OpenSSL ready, protect the process from being dumped, and load the key file. 0 with *ring
 * set, the caller's, or -1 with ${failure}.
 */
int startup_keys(const char *file, bool group_readable, struct keyring **ring,
    struct failure *failure);

/* The number in the ring of the key that --key-id names. 0, or -1 with ${failure}. */
int startup_key_id(const struct keyring *ring, const char *id, size_t *key,
    struct failure *failure);

/*
 * startup_lines(policy, path, undo, has_key, rule, failure):
 * The number of the rule that --lines ${path} means. It has to replace values; with ${undo}, by a
 * method that can be undone, and ${has_key} says that it is known by which key. 0, or -1 with
 * ${failure}.
 */
int startup_lines(const struct policy *policy, const char *path, bool undo, bool has_key,
    size_t *rule, struct failure *failure);

/* Fill ${failure} for a key file; return -1. */
int startup_key_failure(const char *file, const struct keyring_error *error,
    struct failure *failure);

#endif
