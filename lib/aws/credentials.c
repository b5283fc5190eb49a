#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aws/credentials.h"
#include "crypto/secret.h"

enum { KEY_MAXIMUM = 1024, TOKEN_MAXIMUM = 16384 };

void credentials_free(struct credentials *credentials)
{
    secret_free_text(credentials->access_key_id);
    secret_free_text(credentials->secret_access_key);
    secret_free_text(credentials->session_token);
    *credentials = (struct credentials){ 0 };
}

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool credentials_same(const struct credentials *a, const struct credentials *b)
{
    return same(a->access_key_id, b->access_key_id) &&
        same(a->secret_access_key, b->secret_access_key) &&
        same(a->session_token, b->session_token);
}

bool credentials_is_word(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return length > 0;
}

static bool fits(const char *text, size_t maximum)
{
    size_t length = strlen(text);
    return length <= maximum && credentials_is_word(text, length);
}

enum aws_cause credentials_set(struct credentials *credentials, const char *id, const char *secret,
    const char *token, enum aws_cause cause, const char *place, struct aws_error *error)
{
    *credentials = (struct credentials){ 0 };
    if (!fits(id, KEY_MAXIMUM) || !fits(secret, KEY_MAXIMUM) ||
        (token != NULL && !fits(token, TOKEN_MAXIMUM)))
        return error_set(error, cause, NULL, "the credentials in %s are malformed", place);
    credentials->access_key_id = strdup(id);
    credentials->secret_access_key = strdup(secret);
    credentials->session_token = token != NULL ? strdup(token) : NULL;
    if (credentials->access_key_id != NULL && credentials->secret_access_key != NULL &&
        (token == NULL || credentials->session_token != NULL))
        return AWS_OK;
    credentials_free(credentials);
    return error_no_memory(error);
}

const char *credentials_variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

/* Read the zone at the end of a time, in seconds east of Greenwich. */
static bool zone_of(const char *text, long *seconds)
{
    *seconds = 0;
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
        return true;
    if (*text != '+' && *text != '-')
        return false;
    unsigned digits[4];
    const char *at = text + 1;
    for (int i = 0; i < 4; i++, at++) {
        if (i == 2 && *at == ':')
            at++;
        if (*at < '0' || *at > '9')
            return false;
        digits[i] = (unsigned)(*at - '0');
    }
    *seconds = (long)(digits[0] * 10 + digits[1]) * 3600 + (long)(digits[2] * 10 + digits[3]) * 60;
    if (*text == '-')
        *seconds = -*seconds;
    return *at == '\0';
}

bool credentials_time(const char *text, uint64_t *time_ms)
{
    struct tm broken = { 0 };
    long zone;
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &broken);
    if (rest == NULL)
        return false;
    if (*rest == '.') {
        size_t digits = strspn(rest + 1, "0123456789");
        if (digits == 0)
            return false;
        rest += 1 + digits;
    }
    if (!zone_of(rest, &zone))
        return false;
    time_t seconds = timegm(&broken) - zone;
    if (seconds <= 0)
        return false;
    *time_ms = (uint64_t)seconds * 1000;
    return true;
}
