#ifndef BASE_OPT_H
#define BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Command lines from one table, which --help is printed from too, so that both always agree. Long
 * and short options, "--name=value" and "--name value", "-n5" and "-n 5", bundled flags, options
 * and operands in any order; "--" ends the options. No abbreviations. An unknown option, a missing
 * or unwanted value, and a second use of a single-valued option are usage errors; a repeated flag
 * is not.
 *
 * Every program has -h/--help, -V/--version, -v/--verbose, -q/--quiet and --log text|json, which
 * opt_next() handles.
 */
struct opt {
    int id;               /* > 0 and < 64; the return value of opt_next() */
    char letter;          /* '\0': none */
    const char *name;     /* without the dashes */
    const char *argument; /* name of the value for --help, ending in "..." if it may be repeated;
                             NULL: a flag */
    const char *help;     /* one line */
    const char *preset;   /* default, for --help; NULL: none to show */
};

struct opt_command {
    const char *synopsis; /* "[-fq] [-n N] …", after the program's name */
    const char *summary;  /* one sentence: what the program does */
    const struct opt *options;
    size_t count;
};

struct opt_parser {
    const struct opt_command *command;
    int argc;
    char **argv;
    int next;            /* index of the next argument */
    const char *cluster; /* rest of a bundle of short options */
    uint64_t seen;       /* bit per id */
    bool only_operands;
    int exit_status; /* set with OPT_EXIT */
};

enum { OPT_END = 0, OPT_OPERAND = -1, OPT_EXIT = -2 };

void opt_start(struct opt_parser *parser, const struct opt_command *command, int argc, char **argv);

/*
 * opt_next(parser, value):
 * Return the id of the next option, with its value (or NULL) in ${value}; or OPT_OPERAND with an
 * operand in ${value}; or OPT_END. Return OPT_EXIT when the program must exit with
 * ${parser->exit_status}. That is 0 after --help or --version, 74 when stdout failed, 70 when
 * memory ran out, or 64 after a usage error. The message is printed already.
 */
int opt_next(struct opt_parser *parser, const char **value);

/*
 * opt_each(command, argc, argv, take, context):
 * Pass every option and operand of opt_next() to ${take}, which returns 0, or an exit status after
 * it printed a usage error. Return OPT_RUN when all are taken, else the exit status.
 */
enum { OPT_RUN = -1 };
int opt_each(const struct opt_command *command, int argc, char **argv,
    int (*take)(void *context, int id, const char *value), void *context);

/* Print a usage error with the hint "try 'PROGRAM --help'". Return STATUS_USAGE. */
int opt_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Print a usage error for an unexpected operand: ${input} ("records") comes from standard input.
 * Return STATUS_USAGE.
 */
int opt_no_operand(const char *input);

/*
 * opt_file(option, value, out):
 * Set ${out} to a file name, the value of "--option". An empty one, usually from an unset variable,
 * is a usage error. Return 0, or STATUS_USAGE.
 */
int opt_file(const char *option, const char *value, const char **out);

/*
 * Values. Each returns true and sets ${out}, or returns false when ${text} as a whole is not a
 * value within [minimum, maximum]. Nothing is printed.
 */
bool opt_number(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *out);
/* "4096", "64k", "1M", "2G": powers of 1024, either case. */
bool opt_size(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *out);
/* "500ms", "20s", "5m", "2h", "15d", or plain seconds; result in milliseconds. */
bool opt_duration(const char *text, uint64_t minimum_ms, uint64_t maximum_ms, uint64_t *out_ms);

#endif
