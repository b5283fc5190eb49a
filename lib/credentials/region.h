#ifndef CREDENTIALS_REGION_H
#define CREDENTIALS_REGION_H

#include <stdbool.h>

#include "aws/error.h"
#include "aws/partition.h"
#include "credentials/profile.h"

/*
 * A configured region. As in the SDKs, a word in it is a setting: "fips-us-east-1" and
 * "us-east-1-fips" select the FIPS hosts of us-east-1.
 */
struct region {
    char name[PARTITION_REGION_SIZE]; /* "" when unknown */
    bool fips;                        /* the name selects FIPS */
};

/* Take the region of an option or variable; an invalid name is AWS_USAGE. */
enum aws_cause region_take(struct region *region, const char *text, struct aws_error *error);

/* Find AWS_REGION or AWS_DEFAULT_REGION. Return false when neither is set; *text is then NULL. */
bool region_variable(const char **text);

/* Take the region of the profile; ${region} stays when it names none. AWS_CONFIG: an invalid
 * name. */
enum aws_cause region_take_of_profile(struct region *region, const struct profile *profile,
    struct aws_error *error);

#endif
