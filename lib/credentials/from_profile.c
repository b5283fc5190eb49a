#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "credentials/container.h"
#include "credentials/environment.h"
#include "credentials/from_profile.h"
#include "credentials/instance.h"
#include "credentials/process.h"
#include "credentials/role.h"
#include "credentials/web_identity.h"

/* The hint for a sign-in that needs a person. */
#define SIGN_IN(command)                                                  \
    "run 'aws " command "', and use a profile with credential_process = " \
    "aws configure export-credentials --profile NAME"

enum { SHORTEST_S = 900, LONGEST_S = 43200, NAME_SIZE = 160 };

/* The profiles of a chain of roles: that of the last role first, then its source. */
struct chain {
    const struct profile *profiles[FROM_PROFILE_ROLES + 1];
    struct profile owned[FROM_PROFILE_ROLES]; /* from the second on */
    size_t count;                             /* of profiles */
    size_t roles;                             /* number of profiles with a role to assume */
};

static bool has(const struct profile *profile, const char *setting)
{
    return profile_get(profile, setting) != NULL;
}

static bool has_keys(const struct profile *profile)
{
    return has(profile, "aws_access_key_id") || has(profile, "aws_secret_access_key");
}

bool credentials_from_profile_wants_role(const struct profile *profile)
{
    return has(profile, "role_arn") && !has(profile, "web_identity_token_file");
}

/* Set an error; ${what} follows the place of the setting in the message. */
static enum aws_cause wrong(const struct profile *profile, const char *setting, const char *what,
    struct aws_error *error)
{
    char place[PROFILE_PLACE_SIZE];
    return error_set(error, AWS_CONFIG, NULL, "%s: %s", profile_place(profile, setting, place),
        what);
}

static enum aws_cause role_of(const struct profile *profile, const struct profile *active,
    char name[NAME_SIZE], struct credentials_role *role, struct aws_error *error)
{
    static const char duration[] = "duration_seconds";
    (void)snprintf(name, NAME_SIZE, "the role of profile %s", profile->name);
    *role = (struct credentials_role){
        .arn = profile_get(profile, "role_arn"),
        .session_name = profile_get(profile, "role_session_name"),
        .external_id = profile_get(profile, "external_id"),
        .duration = profile_get(profile, duration),
        .settings = active,
        .name = name,
    };
    if (role->duration == NULL)
        return AWS_OK;
    size_t length = strlen(role->duration);
    long seconds = length <= 5 && strspn(role->duration, "0123456789") == length
        ? strtol(role->duration, NULL, 10)
        : 0;
    if (seconds < SHORTEST_S || seconds > LONGEST_S)
        return wrong(profile, duration, "duration_seconds is not a number from 900 to 43200",
            error);
    return AWS_OK;
}

static enum aws_cause from_keys(struct credentials *credentials, const struct profile *profile,
    struct aws_error *error)
{
    char place[PROFILE_PLACE_SIZE];
    const char *id = profile_get(profile, "aws_access_key_id");
    const char *secret = profile_get(profile, "aws_secret_access_key");
    const char *one = id != NULL ? "aws_access_key_id" : "aws_secret_access_key";
    if (id == NULL || secret == NULL)
        return wrong(profile, one,
            "the profile has only one of aws_access_key_id and aws_secret_access_key", error);
    const char *token =
        profile_get(profile, "aws_security_token"); /* the old name takes precedence */
    if (token == NULL)
        token = profile_get(profile, "aws_session_token");
    return credentials_set(credentials, id, secret, token, AWS_CONFIG,
        profile_place(profile, one, place), error);
}

static enum aws_cause from_web_identity(struct credentials *credentials,
    const struct credentials_request *request, const struct profile *profile,
    const struct profile *active, struct aws_error *error)
{
    static const char setting[] = "web_identity_token_file";
    char name[NAME_SIZE], place[PROFILE_PLACE_SIZE];
    struct credentials_role role;
    if (!has(profile, "role_arn"))
        return wrong(profile, setting, "web_identity_token_file needs a role_arn", error);
    enum aws_cause cause = role_of(profile, active, name, &role, error);
    if (cause != AWS_OK)
        return cause;
    return credentials_web_identity_assume(credentials, request, &role,
        profile_get(profile, setting), AWS_CONFIG, profile_place(profile, setting, place), error);
}

/* Take the credentials of the profile itself, without roles that need those of another profile. */
static enum aws_cause from_itself(struct credentials *credentials,
    const struct credentials_request *request, const struct profile *profile,
    const struct profile *active, struct aws_error *error)
{
    static const char process[] = "credential_process";
    char place[PROFILE_PLACE_SIZE];
    *credentials = (struct credentials){ 0 };
    if (has(profile, "web_identity_token_file"))
        return from_web_identity(credentials, request, profile, active, error);
    if (has(profile, "sso_session") || has(profile, "sso_start_url"))
        return error_set(error, AWS_SETTING, SIGN_IN("sso login"),
            "profile %s signs in by SSO, which is not supported", profile->name);
    if (has_keys(profile))
        return from_keys(credentials, profile, error);
    if (has(profile, "login_session"))
        return error_set(error, AWS_SETTING, SIGN_IN("login"),
            "profile %s signs in by 'aws login', which is not supported", profile->name);
    if (has(profile, process))
        return credentials_process_fetch(credentials, profile_get(profile, process),
            profile_place(profile, process, place), request, error);
    return AWS_OK;
}

/* Take the credentials from credential_source. */
static enum aws_cause from_source(struct credentials *credentials,
    const struct credentials_request *request, const struct profile *profile,
    struct aws_error *error)
{
    static const char setting[] = "credential_source";
    const char *source = profile_get(profile, setting), *reason;
    char place[PROFILE_PLACE_SIZE];
    enum aws_cause cause;
    if (strcasecmp(source, "Environment") == 0)
        cause = credentials_environment_fetch(credentials, error);
    else if (strcasecmp(source, "EcsContainer") == 0)
        cause = credentials_container_fetch(credentials, request, error);
    else if (strcasecmp(source, "Ec2InstanceMetadata") == 0)
        cause = credentials_instance_fetch(credentials, request, profile, &reason, error);
    else
        return wrong(profile, setting,
            "credential_source is not Environment, EcsContainer or Ec2InstanceMetadata", error);
    if (cause == AWS_OK && credentials->access_key_id == NULL)
        return error_set(error, AWS_SETTING, NULL, "%s: there are no credentials at this source",
            profile_place(profile, setting, place));
    return cause;
}

/* Add the source of the last profile to the chain. */
static enum aws_cause follow(struct chain *chain, struct aws_error *error)
{
    static const char setting[] = "source_profile";
    const struct profile *last = chain->profiles[chain->count - 1];
    const char *name = profile_get(last, setting);
    for (size_t i = 0; i < chain->count; i++)
        if (strcmp(chain->profiles[i]->name, name) == 0)
            return wrong(last, setting, "source_profile leads back to an earlier profile", error);
    struct profile *source = &chain->owned[chain->count - 1];
    enum aws_cause cause = profile_load_named(source, name, error);
    if (cause != AWS_OK)
        return cause;
    chain->profiles[chain->count++] = source;
    return source->found ? AWS_OK : wrong(last, setting, "source_profile names no profile", error);
}

/* Build the chain, down to a profile that needs no role, or none of another profile. */
static enum aws_cause find_chain(struct chain *chain, struct aws_error *error)
{
    for (;;) {
        const struct profile *profile = chain->profiles[chain->count - 1];
        const char *source = profile_get(profile, "source_profile");
        if (!credentials_from_profile_wants_role(profile) ||
            (chain->count > 1 && has_keys(profile)))
            return AWS_OK;
        if (++chain->roles > FROM_PROFILE_ROLES)
            return wrong(profile, "role_arn", "source_profile leads through too many roles", error);
        if (has(profile, "mfa_serial"))
            return error_set(error, AWS_SETTING,
                "sign in elsewhere, and use a profile with credential_process",
                "profile %s needs a code of an MFA device, which is not supported", profile->name);
        if ((source != NULL) == has(profile, "credential_source"))
            return wrong(profile, "role_arn",
                "role_arn needs one of source_profile, credential_source and "
                "web_identity_token_file",
                error);
        if (source == NULL || (strcmp(source, profile->name) == 0 && has_keys(profile)))
            return AWS_OK;
        enum aws_cause cause = follow(chain, error);
        if (cause != AWS_OK)
            return cause;
    }
}

/* Find the credentials that assume the innermost role. */
static enum aws_cause find_base(struct credentials *credentials,
    const struct credentials_request *request, const struct chain *chain, struct aws_error *error)
{
    const struct profile *last = chain->profiles[chain->count - 1];
    if (chain->roles == chain->count)
        return has(last, "credential_source") ? from_source(credentials, request, last, error)
                                              : from_keys(credentials, last, error);
    enum aws_cause cause = from_itself(credentials, request, last, chain->profiles[0], error);
    if (cause == AWS_OK && credentials->access_key_id == NULL && chain->roles > 0)
        return wrong(chain->profiles[chain->count - 2], "source_profile",
            "the source_profile has no credentials", error);
    return cause;
}

enum aws_cause credentials_from_profile_fetch(struct credentials *credentials,
    const struct credentials_request *request, const struct profile *profile,
    struct aws_error *error)
{
    struct chain chain = { .profiles = { profile }, .count = 1 };
    *credentials = (struct credentials){ 0 };
    enum aws_cause cause = find_chain(&chain, error);
    if (cause == AWS_OK)
        cause = find_base(credentials, request, &chain, error);
    for (size_t i = chain.roles; i-- > 0 && cause == AWS_OK;) {
        char name[NAME_SIZE];
        struct credentials_role role;
        struct credentials assumed = { 0 };
        cause = role_of(chain.profiles[i], profile, name, &role, error);
        if (cause == AWS_OK)
            cause = credentials_role_assume(&assumed, request, &role, credentials, error);
        credentials_free(credentials);
        *credentials = assumed;
    }
    for (size_t i = 1; i < chain.count; i++)
        profile_free(&chain.owned[i - 1]);
    return cause;
}
