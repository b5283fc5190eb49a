#ifndef PII_UNMASK_RUN_H
#define PII_UNMASK_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the command line says; the strings are the caller's. */
struct settings {
    const char *key_file;
    const char *policy_file;
    const char **rules;
    size_t rule_count;
    const char *root;
    const char *key_id; /* or NULL */
    const char *lines;  /* a path, or NULL */
    bool print_policy;
    bool self_test;
    bool group_readable;
    bool require_sandbox;
    bool progress;
    uint64_t max_record;
    uint64_t grace_ms;
};

/* Do the work from standard input to output. Return the status to exit with, after its message. */
int run_filter(const struct settings *settings);

#endif
