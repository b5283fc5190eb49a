#ifndef SQS_LAMBDA_STRING_LIST_H
#define SQS_LAMBDA_STRING_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Collects the words of a command line, or the entries of an environment. */
struct string_list {
    struct buf text; /* each with its NUL */
    size_t count;
    char **strings; /* from string_list_get() */
};

void string_list_init(struct string_list *list);
void string_list_free(struct string_list *list); /* a zeroed one is fine */

/* Add a copy of the string. string_list_get() reports a failure. */
void string_list_add(struct string_list *list, const char *string);

/* Add the words of ${text}, separated by blanks; NULL for none. */
void string_list_add_words(struct string_list *list, const char *text);

/* Return true when ${text} has the option ${name} ("--linger"), with its value after = or in the
 * next word. */
bool string_list_has_option(const char *text, const char *name);

/* Return all strings, then NULL, valid until another is added. Return NULL when memory ran out for
 * any. */
char **string_list_get(struct string_list *list);

#endif
