#include <stdlib.h>
#include <string.h>

#include "string_list.h"

enum { MOST_TEXT = 1 << 20 };

static const char blanks[] = " \t\r\n";

void string_list_init(struct string_list *list)
{
    *list = (struct string_list){ .count = 0 };
    buf_init(&list->text, MOST_TEXT);
}

void string_list_free(struct string_list *list)
{
    buf_free(&list->text);
    free(list->strings);
    list->strings = NULL;
    list->count = 0;
}

void string_list_add(struct string_list *list, const char *string)
{
    (void)buf_append(&list->text, string,
        strlen(string) + 1); /* string_list_get() reports a failure */
    list->count++;
}

void string_list_add_words(struct string_list *list, const char *text)
{
    if (text == NULL)
        return;
    while (*(text += strspn(text, blanks)) != '\0') {
        size_t length = strcspn(text, blanks);
        (void)buf_append(&list->text, text, length);
        (void)buf_putc(&list->text, '\0');
        list->count++;
        text += length;
    }
}

bool string_list_has_option(const char *text, const char *name)
{
    size_t wanted = strlen(name);
    if (text == NULL)
        return false;
    while (*(text += strspn(text, blanks)) != '\0') {
        size_t length = strcspn(text, blanks);
        if (length >= wanted && memcmp(text, name, wanted) == 0 &&
            (length == wanted || text[wanted] == '='))
            return true;
        text += length;
    }
    return false;
}

char **string_list_get(struct string_list *list)
{
    free(list->strings);
    list->strings = list->text.failed ? NULL : calloc(list->count + 1, sizeof *list->strings);
    char *at = list->text.data;
    for (size_t i = 0; list->strings != NULL && i < list->count; i++) {
        list->strings[i] = at;
        at += strlen(at) + 1;
    }
    return list->strings;
}
