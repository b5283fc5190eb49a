#include <ctype.h>
#include <string.h>

#include "pg/server_text.h"

void pg_server_text_line(char *to, size_t size, const char *from)
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

void pg_server_text_complete(char *text, size_t size)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length > 0 && text[length - 1] != ':')
        return;
    if (length > 0 && length + 1 < size)
        text[length++] = ' ';
    pg_server_text_line(text + length, size - length, "connection lost");
}

void pg_server_text_join(char *to, size_t size, const char *from)
{
    size_t at = strlen(to);
    for (const char *line = from; line != NULL && *line != '\0' && at + 1 < size;) {
        if (at > 0)
            pg_server_text_line(to + at, size - at, "; ");
        at += strlen(to + at);
        pg_server_text_line(to + at, size - at, line);
        at += strlen(to + at);
        line += strcspn(line, "\r\n");
        line += strspn(line, "\r\n");
    }
}

/*
 * From fe-connect.c, fe-auth.c, fe-secure*.c of PostgreSQL 13 to 18. An unknown host name, a
 * refused or broken connection, or a server in another role may succeed the next time.
 */
static const char *const for_good[] = {
    /* settings */
    "definition of service ", "service file ", "syntax error in service file ",
    "nested service specifications ", "invalid ", "could not match ",
    "could not parse network address ", "sslmode value ", "gssencmode value ", "weak sslmode ",
    "Unix-domain socket path ", "local user with ID ", "requirepeer ",
    /* required by one side, missing on the other */
    "server does not support SSL", "GSSAPI encryption required",
    "server doesn't support GSSAPI encryption", "channel binding required",
    "channel binding is required", "authentication method ", "auth method ",
    "none of the server's SASL authentication mechanisms are supported",
    "GSSAPI authentication not supported", "SSPI authentication not supported",
    "Crypt authentication not supported", "server did not request an SSL certificate",
    "server accepted connection without a valid SSL certificate", "server only supports ",
    "direct SSL connection was established without ALPN", "incorrect server signature",
    /* certificates and keys */
    "root certificate file ", "could not read root certificate file ", "certificate present, ",
    "could not open certificate file ", "could not read certificate file ",
    "could not load root certificate", "could not load system root certificate",
    "private key file ", "could not load private key file ",
    "certificate does not match private key file ",
    "host name must be specified for a verified SSL connection", "server certificate for ",
    "could not get server's host name from server certificate",
    "SSL error: certificate verify failed", "SSL error: unsupported protocol",
    "SSL error: no protocols available"
};

/* TLS alerts of the other side, about our certificate or protocol. */
static const char *const alerts[] = { "unknown ca", "bad certificate", "certificate required",
    "certificate expired", "certificate revoked", "certificate unknown", "unsupported certificate",
    "protocol version", "handshake failure", "access denied" };

static bool begins(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* Return the last cause in libpq's text: of TLS and plain, tried in turn, that of the second. */
static const char *last_cause(const char *text)
{
    for (const char *at = text; (at = strstr(at, "connection to server ")) != NULL; at++)
        text = at;
    const char *cause = begins(text, "connection to server ") ? strstr(text, " failed: ") : NULL;
    return cause == NULL ? text : cause + strlen(" failed: ");
}

bool pg_server_text_for_good(const char *text)
{
    const char *cause = last_cause(text);
    for (size_t i = 0; i < sizeof for_good / sizeof *for_good; i++)
        if (begins(cause, for_good[i]))
            return true;
    const char *alert = begins(cause, "SSL error: ") ? strstr(cause, " alert ") : NULL;
    for (size_t i = 0; alert != NULL && i < sizeof alerts / sizeof *alerts; i++)
        if (begins(alert + strlen(" alert "), alerts[i]))
            return true;
    return false;
}

void pg_server_text_state(const char *text, char state[6])
{
    state[0] = '\0';
    for (const char *at = text; (at = strchr(at, ':')) != NULL; at++) {
        const char *word = at + 1 + strspn(at + 1, " ");
        size_t length = 0;
        while (length < 6 &&
            (isdigit((unsigned char)word[length]) || (word[length] >= 'A' && word[length] <= 'Z')))
            length++;
        if (word > at + 1 && length == 5 && word[5] == ':')
            pg_server_text_line(state, 6, word);
    }
    state[5] = '\0';
}

void pg_server_text_drop_state(char *text, const char *state)
{
    char *at = *state == '\0' ? NULL : strstr(text, state);
    if (at == NULL || at - text < 2 || strncmp(at + strlen(state), ": ", 2) != 0)
        return;
    const char *rest = at + strlen(state) + 2;
    while (at - text >= 2 && at[-1] == ' ' && at[-2] == ' ')
        at--;
    memmove(at, rest, strlen(rest) + 1);
}
