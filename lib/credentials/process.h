#ifndef CREDENTIALS_PROCESS_H
#define CREDENTIALS_PROCESS_H

#include "aws/credentials.h"
#include "credentials/request.h"

/*
 * credentials_process_fetch(credentials, command, place, request, error):
 * Run the command in credential_process of a profile and read the credentials that it prints, like
 * the AWS command line. Split it into words as a POSIX shell would, with quotes and backslashes but
 * no expansion. Execute it without a shell, with its name looked up in PATH.
 *
 * The command gets the environment, an empty standard input, the standard error of this program and
 * no other descriptor. It has its own process group, so that all of it can be ended. This happens
 * when it prints more than 64 KiB (AWS_SETTING), takes longer than 60 seconds (AWS_TEMPORARY), or
 * stop_fd of ${request} is readable (AWS_STOPPED). A non-zero exit status is AWS_SETTING, and so
 * are the end by a signal and output that is not credentials; a command that cannot be run is
 * AWS_CONFIG. ${place} is the place of the command, for messages.
 */
enum aws_cause credentials_process_fetch(struct credentials *credentials, const char *command,
    const char *place, const struct credentials_request *request, struct aws_error *error);

#endif
