#include <stdlib.h>
#include <string.h>

#include "words.h"

enum { MOST_TEXT = 1 << 20 };

static const char blanks[] = " \t\r\n";

void words_init(struct words *words)
{
    *words = (struct words){ .count = 0 };
    buf_init(&words->text, MOST_TEXT);
}

void words_free(struct words *words)
{
    buf_free(&words->text);
    free(words->list);
    words->list = NULL;
    words->count = 0;
}

void words_add(struct words *words, const char *word)
{
    (void)buf_append(&words->text, word, strlen(word) + 1); /* words_list() reports a failure */
    words->count++;
}

void words_add_text(struct words *words, const char *text)
{
    if (text == NULL)
        return;
    while (*(text += strspn(text, blanks)) != '\0') {
        size_t length = strcspn(text, blanks);
        (void)buf_append(&words->text, text, length);
        (void)buf_putc(&words->text, '\0');
        words->count++;
        text += length;
    }
}

bool words_has_option(const char *text, const char *name)
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

char **words_list(struct words *words)
{
    free(words->list);
    words->list = words->text.failed ? NULL : calloc(words->count + 1, sizeof *words->list);
    char *at = words->text.data;
    for (size_t i = 0; words->list != NULL && i < words->count; i++) {
        words->list[i] = at;
        at += strlen(at) + 1;
    }
    return words->list;
}
