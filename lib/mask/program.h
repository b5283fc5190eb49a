#ifndef MASK_PROGRAM_H
#define MASK_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/opt.h"
#include "mask/filter.h"
#include "mask/journal.h"
#include "mask/keyring.h"
#include "mask/policy.h"
#include "record/stream_options.h"

/*
 * The common part of pii-mask and pii-unmask: their options, and the run of a filter from its files
 * to its exit status. The process is confined as soon as all files are open. It prints failures
 * (base/msg.h) under the program's name.
 */

struct program_settings { /* the strings are the caller's */
    const char *key_file;
    const char *policy_file;
    const char **rules; /* one entry per argument at most; the entries are arguments */
    size_t rule_count;
    const char *root;
    const char *lines;          /* a path, or NULL */
    const char *key_id;         /* or NULL */
    const char *journal_option; /* "--mapping" of pii-mask, "--audit" of pii-unmask */
    const char *journal_file;   /* its value, or NULL */
    bool print_policy;
    bool self_test;
    bool group_readable;
    struct stream_options stream;
};

/* Ids of the options; a program's own ids begin at PROGRAM_OWN. */
enum {
    PROGRAM_KEY_FILE = 1,
    PROGRAM_POLICY,
    PROGRAM_MASK,
    PROGRAM_ROOT,
    PROGRAM_KEY_ID,
    PROGRAM_LINES,
    PROGRAM_PRINT_POLICY,
    PROGRAM_GROUP_READABLE,
    PROGRAM_SELF_TEST,
    PROGRAM_OWN
};

/* First and last rows of their table (base/opt.h). */
/* clang-format off */
#define PROGRAM_FIRST_OPTIONS                                                                     \
    { PROGRAM_KEY_FILE, 'k', "key-file", "FILE", "key file, made by pii-keygen", NULL },          \
    { PROGRAM_POLICY, 'p', "policy", "FILE",                                                      \
        "policy file", "ip and device_id, reversibly" },                                          \
    { PROGRAM_MASK, 'm', "mask", "RULE...", "instead: PATH=METHOD[:NAME]", NULL },                \
    { PROGRAM_ROOT, '\0', "root", "PATH",                                                         \
        "path of the values in a line, . for plain NDJSON", ".body" }
#define PROGRAM_LAST_OPTIONS                                                                      \
    { PROGRAM_PRINT_POLICY, '\0', "print-policy", NULL, "print the policy in force and exit",     \
        NULL },                                                                                   \
    { PROGRAM_GROUP_READABLE, '\0', "key-group-readable", NULL,                                   \
        "accept a key file that its group may read", NULL },                                      \
    STREAM_OPTIONS("longest line"),                                                               \
    STREAM_OPTIONS_SANDBOX,                                                                       \
    { PROGRAM_SELF_TEST, '\0', "self-test", NULL,                                                 \
        "compute the published vectors, report, and exit", NULL }
/* clang-format on */

/*
 * program_parse(settings, command, argc, argv, take, context):
 * Read a command line into ${settings}, which program_free() frees. As with opt_each(), ${take}
 * gets the program's own options; it passes the others to program_take(). Return OPT_RUN, or the
 * exit status.
 */
int program_parse(struct program_settings *settings, const struct opt_command *command, int argc,
    char **argv, int (*take)(void *context, int id, const char *value), void *context);
int program_take(struct program_settings *settings, int id, const char *value);
void program_free(struct program_settings *settings); /* a zeroed one is fine, too */

/* The inputs that the settings name. */
struct program_inputs {
    const struct policy *policy;
    const struct keyring *ring;
    size_t rule;             /* of --lines, or LINES_NONE */
    size_t key;              /* of --key-id, or KEYRING_NONE */
    struct journal *journal; /* or NULL */
};

/* The metrics of a run: samples of one table, each of a count. */
enum program_figure {
    PROGRAM_READ, /* as in filter_counts */
    PROGRAM_CHANGED,
    PROGRAM_OPENED,
    PROGRAM_PASSED,
    PROGRAM_ERRORS,
    PROGRAM_LAST_SUCCESS /* of the last good record, or end of a successful run */
};

enum { PROGRAM_FIGURES = 6 };

struct program_figures {
    struct metric metrics[PROGRAM_FIGURES];
    enum program_figure from[PROGRAM_FIGURES];
    size_t count;
};

/* Rows of both programs. */
/* clang-format off */
#define PROGRAM_METRIC_READ { "sqs2pg_records_read_total", "Records read.", METRIC_COUNTER }
#define PROGRAM_METRIC_PASSED                                                                     \
    { "sqs2pg_records_passed_total", "Records passed on unchanged.", METRIC_COUNTER }
#define PROGRAM_METRIC_ERRORS                                                                     \
    { "sqs2pg_records_errors_total",                                                              \
        "Error records, made, passed on or skipped.", METRIC_COUNTER }
/* clang-format on */

/* The work of a program. */
struct program_verb {
    bool undo; /* values are restored */
    const struct program_figures *figures;
    /*
     * Further metrics (base/metrics.h), which the policy names: their number, and their values,
     * also before open(). Both NULL: none.
     */
    size_t (*members)(const struct policy *policy, struct metric_member *members);
    void (*read_members)(void *context, uint64_t *values);
    /*
     * Set *work, which may read the inputs until close(). Return 0, or -1 with errno, which is
     * ENOMEM also when OpenSSL failed.
     */
    int (*open)(void *context, const struct program_inputs *inputs, struct filter_work *work);
    /*
     * Print the counts of the run, its ${seconds} and its failures, after the last line. Return the
     * exit status: ${status}, unless that is STATUS_OK and some failed.
     */
    int (*end)(void *context, const struct filter_counts *counts, double seconds, int status);
    /* Write what must be on disk before the first line. Return 0, or -1 with errno. May be NULL. */
    int (*start)(void *context);
    void (*close)(void *context); /* also called when open() failed */
    void *context;
};

/*
 * Do the work from standard input to standard output. Print a message on failure. Return the exit
 * status.
 */
int program_run(const struct program_settings *settings, const struct program_verb *verb);

#endif
