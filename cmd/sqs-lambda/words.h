#ifndef SQS_LAMBDA_WORDS_H
#define SQS_LAMBDA_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Collects the words of a command line, or the entries of an environment. */
struct words {
    struct buf text; /* each with its NUL */
    size_t count;
    char **list; /* from words_list() */
};

void words_init(struct words *words);
void words_free(struct words *words); /* a zeroed one is fine */

void words_add(struct words *words, const char *word);

/* Add the words of ${text}, separated by blanks; NULL for none. */
void words_add_text(struct words *words, const char *text);

/* Return true when ${text} has the option ${name} ("--linger"), with its value after = or in the
 * next word. */
bool words_has_option(const char *text, const char *name);

/* Return all words, then NULL, valid until another is added. Return NULL when memory ran out for
 * any. */
char **words_list(struct words *words);

#endif
