#ifndef CREDENTIALS_SHELL_WORDS_H
#define CREDENTIALS_SHELL_WORDS_H

#include <stddef.h>

/*
 * Splits a command line into words: POSIX shell quoting (IEEE Std 1003.1, Shell Command Language,
 * 2.2), without expansion. Spaces, tabs and line ends separate words. Within double quotes a
 * backslash is literal, except before a double quote or a backslash.
 */
enum { SHELL_WORDS_MAXIMUM = 256 };

struct shell_words {
    char *text; /* the words, one after the other, each with its NUL */
    size_t size;
    char *list[SHELL_WORDS_MAXIMUM + 1]; /* at least one, and NULL */
};

/*
 * Return 0; or -1 with errno ENOMEM; or -1 with errno 0 when a quote is not closed, or there are no
 * or too many words. Free ${words} in each case.
 */
int shell_words_split(struct shell_words *words, const char *command);

void shell_words_free(struct shell_words *words); /* wipes; a zeroed one is fine */

#endif
