#ifndef CREDENTIALS_ENVIRONMENT_H
#define CREDENTIALS_ENVIRONMENT_H

#include "aws/credentials.h"

/*
 * Credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. AWS_OK with a
 * zeroed ${credentials}: the first two are not set. Only one of them is AWS_SETTING.
 */
enum aws_cause credentials_environment_fetch(struct credentials *credentials,
    struct aws_error *error);

#endif
