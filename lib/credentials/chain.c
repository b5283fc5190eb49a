#include "credentials/chain.h"
#include "credentials/container.h"
#include "credentials/environment.h"
#include "credentials/from_profile.h"
#include "credentials/instance.h"
#include "credentials/profile.h"
#include "credentials/web_identity.h"

/* Ask the sources that follow environment and profile. */
static enum aws_cause ask_machine(struct credentials *credentials,
    const struct credentials_request *request, const struct profile *profile,
    struct aws_error *error)
{
    const char *reason;
    enum aws_cause cause = credentials_container_fetch(credentials, request, error);
    if (cause != AWS_OK || credentials->access_key_id != NULL)
        return cause;
    cause = credentials_instance_fetch(credentials, request, profile, &reason, error);
    if (cause != AWS_OK || credentials->access_key_id != NULL)
        return cause;
    return error_set(error, AWS_SETTING,
        request->hint != NULL
            ? request->hint
            : "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or use --no-sign-request",
        "no credentials: neither the environment nor profile %s has them%s", profile->name, reason);
}

enum aws_cause credentials_chain_load(struct credentials *credentials,
    const struct credentials_request *request, struct aws_error *error)
{
    struct profile profile;
    *credentials = (struct credentials){ 0 };
    enum aws_cause cause = AWS_OK;
    if (request->profile == NULL)
        cause = credentials_environment_fetch(credentials, error);
    if (cause != AWS_OK || credentials->access_key_id != NULL)
        return cause;
    cause = profile_load(&profile, request->profile, error);
    if (cause != AWS_OK)
        return cause;
    /* A role in the profile takes precedence: its source may be the web identity, such as that of a
     * pod. */
    if (!credentials_from_profile_wants_role(&profile))
        cause = credentials_web_identity_fetch(credentials, request, &profile, error);
    if (cause == AWS_OK && credentials->access_key_id == NULL)
        cause = credentials_from_profile_fetch(credentials, request, &profile, error);
    if (cause == AWS_OK && credentials->access_key_id == NULL)
        cause = ask_machine(credentials, request, &profile, error);
    profile_free(&profile);
    return cause;
}
