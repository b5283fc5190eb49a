#include "credentials/environment.h"

enum aws_cause credentials_environment_fetch(struct credentials *credentials,
    struct aws_error *error)
{
    const char *id = credentials_variable("AWS_ACCESS_KEY_ID");
    const char *secret = credentials_variable("AWS_SECRET_ACCESS_KEY");
    *credentials = (struct credentials){ 0 };
    if (id == NULL && secret == NULL)
        return AWS_OK;
    if (id == NULL || secret == NULL)
        return error_set(error, AWS_SETTING, NULL,
            "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set");
    const char *token =
        credentials_variable("AWS_SECURITY_TOKEN"); /* the old name takes precedence */
    if (token == NULL)
        token = credentials_variable("AWS_SESSION_TOKEN");
    return credentials_set(credentials, id, secret, token, AWS_SETTING, "the environment", error);
}
