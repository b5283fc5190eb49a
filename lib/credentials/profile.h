#ifndef CREDENTIALS_PROFILE_H
#define CREDENTIALS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/error.h"

/*
 * The shared profile files of the AWS tools, "config" and "credentials", read as botocore reads
 * them (credentials/ini.h). In "config" a profile's section is [default] or [profile NAME], a NAME
 * with blanks quoted as for a shell; [services NAME] says where services are. In "credentials" it
 * is [NAME], as it stands. [DEFAULT] holds what every section has that does not say otherwise. One
 * profile is read, out of both files; what stands in "credentials" goes before what stands in
 * "config".
 */
enum profile_kind { PROFILE_CONFIG, PROFILE_CREDENTIALS, PROFILE_KINDS };

struct profile {
    char *name;
    char *files[PROFILE_KINDS]; /* which were read; NULL: none */
    bool found;                 /* a section of this name exists */
    bool found_in[PROFILE_KINDS];
    const char *problem; /* PROFILE_MALFORMED: what is wrong, a constant */
    struct profile_setting *settings;
    size_t count;
};

enum profile_result { PROFILE_OK, PROFILE_MALFORMED, PROFILE_NO_MEMORY };

int profile_init(struct profile *profile, const char *name); /* 0, or -1: out of memory */
void profile_free(struct profile *profile);                  /* wipes; of a zeroed one too */

/* Add what text[0, length) says of the profile. PROFILE_MALFORMED sets ${problem} and *line, 1 for
 * the first. */
enum profile_result profile_parse(struct profile *profile, enum profile_kind kind, const char *text,
    size_t length, size_t *line);

/*
 * profile_load(profile, asked, error):
 * Read the profile ${asked} (--profile), or that of AWS_DEFAULT_PROFILE, of AWS_PROFILE, or
 * "default", from AWS_CONFIG_FILE (~/.aws/config) and AWS_SHARED_CREDENTIALS_FILE
 * (~/.aws/credentials). A file that does not exist is an empty one. A profile that was asked for,
 * by option or variable, must exist.
 */
enum aws_cause profile_load(struct profile *profile, const char *asked, struct aws_error *error);

/* The same for the profile ${name}, which need not exist: see ${found}. */
enum aws_cause profile_load_named(struct profile *profile, const char *name,
    struct aws_error *error);

/* The value of a setting, or NULL; an empty one counts as none, and so does a block. */
const char *profile_get(const struct profile *profile, const char *setting);

/*
 * profile_service_endpoint(profile, service, url, error):
 * The endpoint_url of a service ("sqs") in the services section that the profile names; *url NULL:
 * it names none, or the section does not speak of the service. AWS_CONFIG: there is no such
 * section.
 */
enum aws_cause profile_service_endpoint(const struct profile *profile, const char *service,
    const char **url, struct aws_error *error);

/* Where it stands, "FILE:LINE", for a message; the profile's name when it stands nowhere. */
enum { PROFILE_PLACE_SIZE = 200 };
const char *profile_place(const struct profile *profile, const char *setting,
    char place[PROFILE_PLACE_SIZE]);

#endif
