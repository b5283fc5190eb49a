#ifndef BASE_COMMAND_H
#define BASE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * A program that is run to its end for what it prints: credentials, a password. It gets an empty
 * standard input, this program's standard error and no other descriptor; and a process group of its
 * own, so that all of it can be ended: when it prints too much or takes too long, or is to be given
 * up.
 */
enum command_result {
    COMMAND_OK,      /* it ended with status 0, and all that it printed is there */
    COMMAND_STATUS,  /* ... with another one, in ${number} */
    COMMAND_SIGNAL,  /* a signal ended it, the one in ${number} */
    COMMAND_LATE,    /* it took longer than ${longest_ms} */
    COMMAND_LARGE,   /* it printed more than fits */
    COMMAND_STOPPED, /* ${stop_fd} could be read */
    COMMAND_NOT_RUN, /* it could not be started; ${number} is the errno */
    COMMAND_BROKEN   /* its output could not be waited for or read; ${number} is the errno */
};

struct command {
    char *const *words;       /* its name, looked up in PATH, and its arguments; ended by NULL */
    char *const *environment; /* NULL: this program's */
    uint64_t longest_ms;
    int stop_fd;     /* -1: none */
    bool first_line; /* what it prints behind its first line is passed over, however much it is */
    int number;      /* see above */
};

/*
 * command_run(command, output, maximum):
 * Run it, what it prints appended to ${output}, which the caller wipes: at most ${maximum} bytes,
 * of the first line or of all.
 */
enum command_result command_run(struct command *command, struct buf *output, size_t maximum);

/*
 * command_words(text):
 * The words of a command, parted by blanks, without any quoting: an array ended by NULL, for
 * free(3). One without words is empty. NULL: out of memory.
 */
char **command_words(const char *text);

#endif
