#ifndef BASE_OPT_H
#define BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Command lines from one table, from which --help is printed too, so that the two cannot part.
 * Long and short options, "--name=value" and "--name value", "-n5" and "-n 5", bundled flags,
 * options and operands in any order, "--" ends the options. No abbreviations. An unknown option,
 * a missing or unwanted value, and a second use of a single-valued option are usage errors; a flag
 * that stands twice says the same twice, as habit has it.
 *
 * Every program has -h/--help, -V/--version, -v/--verbose, -q/--quiet and --log text|json;
 * opt_next() handles these itself.
 */
struct opt {
    int id;               /* > 0 and < 64; what opt_next() returns */
    char letter;          /* '\0': none */
    const char *name;     /* without the dashes */
    const char *argument; /* name of the value for --help, ending in "..." if it may be given more
                             than once; NULL: a flag */
    const char *help;     /* one line */
    const char *preset;   /* what holds without the option, for --help; NULL: nothing to say */
};

struct opt_command {
    const char *synopsis; /* "[-fq] [-n N] …", after the program's name */
    const char *summary;  /* one sentence on what the program does */
    const struct opt *options;
    size_t count;
};

struct opt_parser {
    const struct opt_command *command;
    int argc;
    char **argv;
    int next;            /* index of the argument to look at next */
    const char *cluster; /* rest of a bundle of short options */
    uint64_t seen;       /* bit per id */
    bool only_operands;
    int exit_status; /* set with OPT_EXIT */
};

enum { OPT_END = 0, OPT_OPERAND = -1, OPT_EXIT = -2 };

void opt_start(struct opt_parser *parser, const struct opt_command *command, int argc, char **argv);

/*
 * opt_next(parser, value):
 * Return the id of the next option with its value (or NULL) in ${value}; OPT_OPERAND with an
 * operand in ${value}; OPT_END; or OPT_EXIT when the program must end with
 * ${parser->exit_status}: after --help or --version (0, or 74 if stdout failed), or after a usage
 * error, which has been printed (64).
 */
int opt_next(struct opt_parser *parser, const char **value);

/*
 * opt_each(command, argc, argv, take, context):
 * Hand every option and operand, as opt_next() has them, to ${take}, which returns 0, or the status
 * to exit with after it printed a usage error. Return OPT_RUN when all of them are taken, else the
 * status to exit with.
 */
enum { OPT_RUN = -1 };
int opt_each(const struct opt_command *command, int argc, char **argv,
    int (*take)(void *context, int id, const char *value), void *context);

/* Print a usage error with the hint "try 'PROGRAM --help'"; return STATUS_USAGE. */
int opt_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* An operand was given where none is taken: ${input} ("records") comes from standard input;
 * return STATUS_USAGE after a usage error. */
int opt_no_operand(const char *input);

/*
 * opt_file(option, value, out):
 * Set ${out} to a name of a file, the value of "--option". An empty one, mostly a variable that was
 * not set, is a usage error. Return 0, or STATUS_USAGE.
 */
int opt_file(const char *option, const char *value, const char **out);

/*
 * Values. Each returns true and sets ${out}, or returns false when ${text} is not wholly a value
 * within [minimum, maximum]; nothing is printed.
 */
bool opt_number(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *out);
/* "4096", "64k", "1M", "2G": powers of 1024, either case. */
bool opt_size(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *out);
/* "500ms", "20s", "5m", "2h", "15d", or plain seconds; result in milliseconds. */
bool opt_duration(const char *text, uint64_t minimum_ms, uint64_t maximum_ms, uint64_t *out_ms);

#endif
