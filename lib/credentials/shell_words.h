#ifndef CREDENTIALS_SHELL_WORDS_H
#define CREDENTIALS_SHELL_WORDS_H

#include <stddef.h>

/*
 * A command line as words: POSIX shell quoting (IEEE Std 1003.1, Shell Command Language, 2.2),
 * nothing expanded. Blanks, tabs and line ends part words. Within double quotes a backslash stands
 * for itself but before a double quote or a backslash.
 */
enum { SHELL_WORDS_MAXIMUM = 256 };

struct shell_words {
    char *text; /* the words, one after the other, each ended by NUL */
    size_t size;
    char *list[SHELL_WORDS_MAXIMUM + 1]; /* at least one, and NULL */
};

/*
 * 0; or -1 with errno ENOMEM; or -1 with errno 0: a quote is not closed, there is no word, or there
 * are too many. To be freed in any case.
 */
int shell_words_split(struct shell_words *words, const char *command);

void shell_words_free(struct shell_words *words); /* wipes; of a zeroed one too */

#endif
