#ifndef CREDENTIALS_PROCESS_H
#define CREDENTIALS_PROCESS_H

#include "aws/credentials.h"
#include "credentials/request.h"

/*
 * credentials_process_fetch(credentials, command, place, request, error):
 * Run the command of a profile's credential_process and read the credentials that it prints, as
 * the AWS command line does: split into words as a POSIX shell would, quotes and backslashes
 * honoured, nothing expanded, and executed without a shell, its name looked up in PATH.
 *
 * It gets the environment, an empty standard input, this program's standard error and no other
 * descriptor; a process group of its own, so that all of it can be ended: when it prints more than
 * 64 KiB, takes longer than 60 seconds (AWS_TEMPORARY), or ${request} is to be given up. An exit
 * status but 0 is AWS_SETTING, as is what it prints if that is not credentials; a command that
 * cannot be run is AWS_CONFIG. ${place} is where the command stands, for messages.
 */
enum aws_cause credentials_process_fetch(struct credentials *credentials, const char *command,
    const char *place, const struct credentials_request *request, struct aws_error *error);

#endif
