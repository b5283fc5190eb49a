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
 * What pii-mask and pii-unmask have in common: options, and the run of a filter from the files that
 * it needs to its exit status, confined as soon as all is open. It says what goes wrong
 * (base/msg.h), as each program would.
 */

struct program_settings { /* the strings are the caller's */
    const char *key_file;
    const char *policy_file;
    const char **rules; /* room for as many as there are arguments; theirs */
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

/* Ids of the options; a program's own begin at PROGRAM_OWN. */
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

/* Rows of their table (base/opt.h): the first of them, and the last. */
/* clang-format off */
#define PROGRAM_FIRST_OPTIONS                                                                     \
    { PROGRAM_KEY_FILE, 'k', "key-file", "FILE", "key file, as pii-keygen makes it", NULL },      \
    { PROGRAM_POLICY, 'p', "policy", "FILE",                                                      \
        "policy file", "ip and device_id, reversibly" },                                          \
    { PROGRAM_MASK, 'm', "mask", "RULE...", "instead: PATH=METHOD[:NAME]", NULL },                \
    { PROGRAM_ROOT, '\0', "root", "PATH", "what paths are relative to", ".body" }
#define PROGRAM_LAST_OPTIONS                                                                      \
    { PROGRAM_PRINT_POLICY, '\0', "print-policy", NULL, "print the policy in force and exit",     \
        NULL },                                                                                   \
    { PROGRAM_GROUP_READABLE, '\0', "key-group-readable", NULL,                                   \
        "accept a key file that its group may read", NULL },                                      \
    STREAM_OPTIONS("longest line taken"),                                                         \
    STREAM_OPTIONS_SANDBOX,                                                                       \
    { PROGRAM_SELF_TEST, '\0', "self-test", NULL,                                                 \
        "compute the published vectors, say how, and exit", NULL }
/* clang-format on */

/*
 * program_parse(settings, command, argc, argv, take, context):
 * Read a command line into ${settings}, which program_free() then frees. The program's own options
 * go to ${take}, as opt_each() has it; it gives what is not its own to program_take(). OPT_RUN, or
 * the status to exit with.
 */
int program_parse(struct program_settings *settings, const struct opt_command *command, int argc,
    char **argv, int (*take)(void *context, int id, const char *value), void *context);
int program_take(struct program_settings *settings, int id, const char *value);
void program_free(struct program_settings *settings); /* of a zeroed one too */

/* What the settings name. */
struct program_inputs {
    const struct policy *policy;
    const struct keyring *ring;
    size_t rule;             /* that of --lines, or LINES_NONE */
    size_t key;              /* that of --key-id, or KEYRING_NONE */
    struct journal *journal; /* or NULL */
};

/* The figures of a run: samples of one table, each of a count. */
enum program_figure {
    PROGRAM_READ, /* as filter_counts has them */
    PROGRAM_CHANGED,
    PROGRAM_OPENED,
    PROGRAM_PASSED,
    PROGRAM_ERRORS,
    PROGRAM_LAST_SUCCESS /* when a record went through, or a run ended well */
};

enum { PROGRAM_FIGURES = 6 };

struct program_figures {
    struct metric metrics[PROGRAM_FIGURES];
    enum program_figure from[PROGRAM_FIGURES];
    size_t count;
};

/* Rows that they have in common. */
/* clang-format off */
#define PROGRAM_METRIC_READ { "sqs2pg_records_read_total", "Records read.", METRIC_COUNTER }
#define PROGRAM_METRIC_PASSED                                                                     \
    { "sqs2pg_records_passed_total", "Records passed on as they came.", METRIC_COUNTER }
#define PROGRAM_METRIC_ERRORS                                                                     \
    { "sqs2pg_records_errors_total",                                                              \
        "Error records, made, passed on or passed over.", METRIC_COUNTER }
/* clang-format on */

/* What a program does with it. */
struct program_verb {
    bool undo; /* values are restored */
    const struct program_figures *figures;
    /* Further figures (base/metrics.h), which the policy names: how many; and their values, also
     * before open(). Both NULL: there are none. */
    size_t (*members)(const struct policy *policy, struct metric_member *members);
    void (*read_members)(void *context, uint64_t *values);
    /*
     * Set *work, which may read the inputs until close(). 0, or -1 with errno, which is ENOMEM also
     * when OpenSSL failed.
     */
    int (*open)(void *context, const struct program_inputs *inputs, struct filter_work *work);
    /*
     * After all lines: say how many of each kind there were, in ${seconds}, and that some failed.
     * Return the status to exit with, ${status} unless that is STATUS_OK and some failed.
     */
    int (*end)(void *context, const struct filter_counts *counts, double seconds, int status);
    /* For what has to be on the disk before the first line. 0, or -1 with errno. NULL: nothing. */
    int (*start)(void *context);
    void (*close)(void *context); /* also when open() failed */
    void *context;
};

/* Do the work from standard input to output. Return the status to exit with, after its message. */
int program_run(const struct program_settings *settings, const struct program_verb *verb);

#endif
