#include <stdlib.h>
#include <string.h>

#include "aws/credentials.h"
#include "aws/profile.h"
#include "crypto/secret.h"

enum { KEY_MAXIMUM = 1024, TOKEN_MAXIMUM = 16384 };

static void free_secret(char *text)
{
    if (text != NULL)
        secret_wipe(text, strlen(text));
    free(text);
}

void credentials_free(struct credentials *credentials)
{
    free_secret(credentials->access_key_id);
    free_secret(credentials->secret_access_key);
    free_secret(credentials->session_token);
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

/* They become parts of HTTP headers: one word of printable ASCII, or a line could be forged. */
static bool is_word(const char *text, size_t maximum)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return length > 0 && length <= maximum;
}

/* Copy the three; ${token} may be NULL. ${where} is for the message. */
static enum aws_cause take(struct credentials *credentials, const char *id, const char *secret,
    const char *token, const char *where, struct aws_error *error)
{
    if (!is_word(id, KEY_MAXIMUM) || !is_word(secret, KEY_MAXIMUM) ||
        (token != NULL && !is_word(token, TOKEN_MAXIMUM)))
        return error_set(error, AWS_CONFIG, NULL, "the credentials in %s are malformed", where);
    credentials->access_key_id = strdup(id);
    credentials->secret_access_key = strdup(secret);
    credentials->session_token = token != NULL ? strdup(token) : NULL;
    if (credentials->access_key_id != NULL && credentials->secret_access_key != NULL &&
        (token == NULL || credentials->session_token != NULL))
        return AWS_OK;
    credentials_free(credentials);
    return error_set(error, AWS_NO_MEMORY, NULL, "no memory");
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

/* Ways to credentials that a profile may ask for and that are not known here. */
struct way {
    const char *setting;
    const char *hint;
};

static const char exported[] =
    "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, for example by "
    "eval \"$(aws configure export-credentials --format env)\"";
static const char signed_in[] = "run 'aws sso login', then "
                                "eval \"$(aws configure export-credentials --format env)\"";

/* In the order of the AWS tools: these go before keys that stand in the profile … */
static const struct way before_keys[] = {
    { "role_arn", exported },
    { "web_identity_token_file", exported },
    { "sso_session", signed_in },
    { "sso_start_url", signed_in },
};
/* … and this after them. */
static const struct way after_keys[] = { { "credential_process", exported } };

static enum aws_cause refuse(const struct profile *profile, const struct way *ways, size_t count,
    struct aws_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (profile_get(profile, ways[i].setting) != NULL)
            return error_set(error, AWS_SETTING, ways[i].hint,
                "profile %s gets its credentials by %s, which is not supported", profile->name,
                ways[i].setting);
    return AWS_OK;
}

static enum aws_cause from_profile(struct credentials *credentials, const struct profile *profile,
    struct aws_error *error)
{
    enum aws_cause cause =
        refuse(profile, before_keys, sizeof before_keys / sizeof *before_keys, error);
    if (cause != AWS_OK)
        return cause;
    const char *id = profile_get(profile, "aws_access_key_id");
    const char *secret = profile_get(profile, "aws_secret_access_key");
    if (id != NULL && secret != NULL)
        return take(credentials, id, secret, profile_get(profile, "aws_session_token"),
            "the profile", error);
    if (id != NULL || secret != NULL)
        return error_set(error, AWS_CONFIG, NULL,
            "profile %s has only one of aws_access_key_id and "
            "aws_secret_access_key",
            profile->name);
    cause = refuse(profile, after_keys, sizeof after_keys / sizeof *after_keys, error);
    if (cause != AWS_OK)
        return cause;
    return error_set(error, AWS_SETTING,
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or use --no-sign-request",
        "no credentials: neither the environment nor profile %s has them", profile->name);
}

enum aws_cause credentials_load(struct credentials *credentials, const char *asked,
    struct aws_error *error)
{
    *credentials = (struct credentials){ 0 };
    const char *id = variable("AWS_ACCESS_KEY_ID");
    const char *secret = variable("AWS_SECRET_ACCESS_KEY");
    if (asked == NULL && id != NULL && secret != NULL)
        return take(credentials, id, secret, variable("AWS_SESSION_TOKEN"), "the environment",
            error);
    if (asked == NULL && (id != NULL || secret != NULL))
        return error_set(error, AWS_SETTING, NULL,
            "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set");
    struct profile profile;
    enum aws_cause cause = profile_load(&profile, asked, error);
    if (cause != AWS_OK)
        return cause;
    cause = from_profile(credentials, &profile, error);
    profile_free(&profile);
    return cause;
}
