#ifndef SQS_LAMBDA_WORDS_H
#define SQS_LAMBDA_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The words of a command line, or the entries of an environment, put together one by one. */
struct words {
    struct buf text; /* each with its NUL */
    size_t count;
    char **list; /* of words_list() */
};

void words_init(struct words *words);
void words_free(struct words *words); /* of a zeroed one too */

void words_add(struct words *words, const char *word);

/* The words that ${text} has between its blanks; NULL: none. */
void words_add_text(struct words *words, const char *text);

/* Whether ${text} has the option ${name} ("--linger"), with its value behind a sign = or not. */
bool words_has_option(const char *text, const char *name);

/* All of them, ended by NULL, as long as no other word comes; NULL: out of memory for one. */
char **words_list(struct words *words);

#endif
