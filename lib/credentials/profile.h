#ifndef CREDENTIALS_PROFILE_H
#define CREDENTIALS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/error.h"

/*
 * The shared profile files of the AWS tools, "config" and "credentials", read like botocore
 * (credentials/ini.h). In "config" the section of a profile is [default] or [profile NAME], with a
 * NAME that has blanks quoted as for a shell; [services NAME] holds endpoints. In "credentials" it
 * is [NAME], verbatim. [DEFAULT] holds the defaults of all sections. One profile is read from both
 * files; "credentials" takes precedence over "config".
 */
enum profile_kind { PROFILE_CONFIG, PROFILE_CREDENTIALS, PROFILE_KINDS };

struct profile {
    char *name;
    char *files[PROFILE_KINDS]; /* names of the files read; NULL for none */
    bool found;                 /* a section of this name exists */
    bool found_in[PROFILE_KINDS];
    const char *problem; /* PROFILE_MALFORMED: the problem, a constant */
    struct profile_setting *settings;
    size_t count;
};

enum profile_result { PROFILE_OK, PROFILE_MALFORMED, PROFILE_NO_MEMORY };

int profile_init(struct profile *profile, const char *name); /* 0, or -1 when memory runs out */
void profile_free(struct profile *profile);                  /* wipes; a zeroed one is fine */

/* Add the settings of the profile in text[0, length). PROFILE_MALFORMED sets ${problem} and *line,
 * 1 for the first. */
enum profile_result profile_parse(struct profile *profile, enum profile_kind kind, const char *text,
    size_t length, size_t *line);

/*
 * profile_load(profile, asked, error):
 * Read the profile ${asked} (--profile), or that of AWS_DEFAULT_PROFILE, of AWS_PROFILE, or
 * "default", from AWS_CONFIG_FILE (~/.aws/config) and AWS_SHARED_CREDENTIALS_FILE
 * (~/.aws/credentials). A missing file counts as empty. A profile named with the option or a
 * variable must exist.
 */
enum aws_cause profile_load(struct profile *profile, const char *asked, struct aws_error *error);

/* Read the profile ${name}, which need not exist: see ${found}. */
enum aws_cause profile_load_named(struct profile *profile, const char *name,
    struct aws_error *error);

/* Return the value of a setting, or NULL; an empty value or a block counts as none. */
const char *profile_get(const struct profile *profile, const char *setting);

/*
 * profile_service_endpoint(profile, service, url, error):
 * Find the endpoint_url of a service ("sqs") in the services section that the profile names. Set
 * *url to NULL when it names none, or when the section lacks the service. AWS_CONFIG: there is no
 * such section.
 */
enum aws_cause profile_service_endpoint(const struct profile *profile, const char *service,
    const char **url, struct aws_error *error);

/* Return the place of a setting, "FILE:LINE", for a message; the name of the profile when unset. */
enum { PROFILE_PLACE_SIZE = 200 };
const char *profile_place(const struct profile *profile, const char *setting,
    char place[PROFILE_PLACE_SIZE]);

#endif
