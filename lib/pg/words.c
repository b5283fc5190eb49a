#include <ctype.h>
#include <string.h>

#include "pg/words.h"

void pg_words_line(char *to, size_t size, const char *from)
{
    if (from == NULL)
        from = "";
    size_t length = strcspn(from, "\r\n");
    if (length >= size)
        length = size - 1;
    if (length > 0)
        memcpy(to, from, length);
    to[length] = '\0';
}

void pg_words_join(char *to, size_t size, const char *from)
{
    size_t at = strlen(to);
    for (const char *line = from; line != NULL && *line != '\0' && at + 1 < size;) {
        if (at > 0)
            pg_words_line(to + at, size - at, "; ");
        at += strlen(to + at);
        pg_words_line(to + at, size - at, line);
        at += strlen(to + at);
        line += strcspn(line, "\r\n");
        line += strspn(line, "\r\n");
    }
}

bool pg_words_setting(const char *text)
{
    /* fe-connect.c of PostgreSQL 13 to 18. A name that is not found, and all that is said after
       "connection to server", may be otherwise the next time. */
    static const char *const words[] = { "definition of service ", "service file ",
        "syntax error in service file ", "nested service specifications ", "invalid ",
        "could not match ", "could not parse network address ", "sslmode value ",
        "gssencmode value ", "weak sslmode ", "Unix-domain socket path " };
    if (strstr(text, "connection to server") != NULL)
        return false; /* of several hosts another one was asked */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

void pg_words_state(const char *text, char state[6])
{
    state[0] = '\0';
    for (const char *at = text; (at = strchr(at, ':')) != NULL; at++) {
        const char *word = at + 1 + strspn(at + 1, " ");
        size_t length = 0;
        while (length < 6 &&
            (isdigit((unsigned char)word[length]) || (word[length] >= 'A' && word[length] <= 'Z')))
            length++;
        if (word > at + 1 && length == 5 && word[5] == ':')
            pg_words_line(state, 6, word);
    }
    state[5] = '\0';
}

void pg_words_drop_state(char *text, const char *state)
{
    char *at = *state == '\0' ? NULL : strstr(text, state);
    if (at == NULL || at - text < 2 || strncmp(at + strlen(state), ": ", 2) != 0)
        return;
    const char *rest = at + strlen(state) + 2;
    while (at - text >= 2 && at[-1] == ' ' && at[-2] == ' ')
        at--;
    memmove(at, rest, strlen(rest) + 1);
}
