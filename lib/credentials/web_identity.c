#include <errno.h>
#include <string.h>

#include "credentials/ask.h"
#include "credentials/web_identity.h"

enum aws_cause credentials_web_identity_assume(struct credentials *credentials,
    const struct credentials_request *request, const struct credentials_role *role,
    const char *file, enum aws_cause cause, const char *place, struct aws_error *error)
{
    struct buf token;
    *credentials = (struct credentials){ 0 };
    if (credentials_ask_read_file(file, &token) != 0)
        cause = error_set(error, cause, NULL, "%s: cannot read the web identity token: %s", place,
            strerror(errno));
    else
        cause = credentials_role_assume_by_token(credentials, request, role, token.data, error);
    buf_wipe(&token);
    return cause;
}

enum aws_cause credentials_web_identity_fetch(struct credentials *credentials,
    const struct credentials_request *request, const struct profile *profile,
    struct aws_error *error)
{
    static const char setting[] = "web_identity_token_file";
    char place[PROFILE_PLACE_SIZE] = "AWS_WEB_IDENTITY_TOKEN_FILE";
    const char *file = credentials_variable("AWS_WEB_IDENTITY_TOKEN_FILE");
    struct credentials_role role = {
        .arn = credentials_variable("AWS_ROLE_ARN"),
        .session_name = credentials_variable("AWS_ROLE_SESSION_NAME"),
        .settings = profile,
        .name = "the role of AWS_ROLE_ARN",
    };
    bool by_variable = file != NULL;
    *credentials = (struct credentials){ 0 };
    if (request->profile != NULL || (file == NULL && role.arn == NULL))
        return AWS_OK;
    if (file == NULL && (file = profile_get(profile, setting)) == NULL)
        return AWS_OK;
    if (!by_variable)
        (void)profile_place(profile, setting, place);
    if (role.arn == NULL) {
        role.arn = profile_get(profile, "role_arn");
        role.name = "the role of the profile";
    }
    if (role.session_name == NULL)
        role.session_name = profile_get(profile, "role_session_name");
    if (role.arn == NULL)
        return error_set(error, AWS_SETTING, NULL,
            "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
    return credentials_web_identity_assume(credentials, request, &role, file,
        by_variable ? AWS_SETTING : AWS_CONFIG, place, error);
}
