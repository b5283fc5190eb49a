#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "credentials/shell_words.h"
#include "crypto/secret.h"

void shell_words_free(struct shell_words *words)
{
    if (words->text != NULL)
        secret_wipe(words->text, words->size);
    free(words->text);
    *words = (struct shell_words){ .text = NULL };
}

static bool blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Take one word from **from to *to, and move **from past it. Return false when a quote is not
 * closed. */
static bool take_word(const char **from, char **to)
{
    const char *at = *from;
    char quote = '\0';
    for (; *at != '\0' && (quote != '\0' || !blank(*at)); at++) {
        if (quote == '\0' && (*at == '\'' || *at == '"')) {
            quote = *at;
        } else if (quote != '\0' && *at == quote) {
            quote = '\0';
        } else if (*at == '\\' &&
            (quote == '\0' || (quote == '"' && (at[1] == '"' || at[1] == '\\')))) {
            if (*++at == '\0')
                return false;
            *(*to)++ = *at;
        } else {
            *(*to)++ = *at;
        }
    }
    *from = at;
    *(*to)++ = '\0';
    return quote == '\0';
}

int shell_words_split(struct shell_words *words, const char *command)
{
    size_t count = 0;
    errno = 0;
    *words = (struct shell_words){ .size = strlen(command) + 2 };
    char *to = words->text = calloc(1, words->size);
    if (to == NULL)
        return -1;
    for (;;) {
        while (blank(*command))
            command++;
        if (*command == '\0')
            break;
        if (count == SHELL_WORDS_MAXIMUM)
            return -1;
        words->list[count++] = to;
        if (!take_word(&command, &to))
            return -1;
    }
    words->list[count] = NULL;
    return count > 0 ? 0 : -1;
}
