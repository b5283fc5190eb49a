#ifndef BASE_COMMAND_H
#define BASE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * A program that is run to its end for its output: credentials, a password. It gets an empty
 * standard input, this program's standard error and no other descriptor. It runs in a process group
 * of its own, which is killed when it prints too much, takes too long or is no longer needed.
 */
enum command_result {
    COMMAND_OK,      /* it ended with status 0; its output is complete */
    COMMAND_STATUS,  /* it ended with the status in ${number} */
    COMMAND_SIGNAL,  /* the signal in ${number} ended it */
    COMMAND_LATE,    /* it took longer than ${longest_ms} */
    COMMAND_LARGE,   /* it printed more than fits */
    COMMAND_STOPPED, /* ${stop_fd} became readable */
    COMMAND_NOT_RUN, /* it could not be started; ${number} is the errno */
    COMMAND_BROKEN   /* its output could not be read; ${number} is the errno */
};

struct command {
    char *const *words;       /* name, looked up in PATH, and arguments; NULL at the end */
    char *const *environment; /* NULL: this program's */
    uint64_t longest_ms;
    int stop_fd;     /* -1: none */
    bool first_line; /* ignore all output after the first line, of any size */
    int number;      /* see enum command_result */
};

/*
 * command_run(command, output, maximum):
 * Run the command and append its output to ${output}, at most ${maximum} bytes. With ${first_line},
 * bytes after the first line may follow it: the caller cuts them off. The caller wipes ${output}.
 */
enum command_result command_run(struct command *command, struct buf *output, size_t maximum);

/*
 * command_words(text):
 * Split a command into words at blanks, without any quoting. Return an array with NULL at its end,
 * for free(3); an empty one when there is no word. NULL: out of memory.
 */
char **command_words(const char *text);

#endif
