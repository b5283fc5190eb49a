#ifndef CREDENTIALS_REGION_H
#define CREDENTIALS_REGION_H

#include <stdbool.h>

#include "aws/error.h"
#include "aws/partition.h"
#include "credentials/profile.h"

/*
 * The region that somebody names. The SDKs make a setting of a word in it: "fips-us-east-1" and
 * "us-east-1-fips" ask for the FIPS hosts of us-east-1.
 */
struct region {
    char name[PARTITION_REGION_SIZE]; /* "": none is known */
    bool fips;                        /* its name asked for FIPS */
};

/* By an option or a variable; what is not the name of one is AWS_USAGE. */
enum aws_cause region_take(struct region *region, const char *text, struct aws_error *error);

/* By AWS_REGION or AWS_DEFAULT_REGION. False: neither is set, *text is NULL. */
bool region_variable(const char **text);

/* By the profile; ${region} stays when it names none. AWS_CONFIG: it names what is none. */
enum aws_cause region_take_of_profile(struct region *region, const struct profile *profile,
    struct aws_error *error);

#endif
