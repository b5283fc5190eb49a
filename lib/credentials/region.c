#include <stdio.h>
#include <string.h>

#include "aws/credentials.h"
#include "credentials/region.h"

static bool is_region(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t length = strlen(text);
    return length > 0 && length < PARTITION_REGION_SIZE && strspn(text, allowed) == length;
}

static bool take_out(char *text, const char *word)
{
    char *at = strstr(text, word);
    if (at != NULL)
        memmove(at, at + strlen(word), strlen(at + strlen(word)) + 1);
    return at != NULL;
}

enum aws_cause region_take(struct region *region, const char *text, struct aws_error *error)
{
    if (!is_region(text))
        return error_set(error, AWS_USAGE, NULL, "the region is not a valid name");
    (void)snprintf(region->name, sizeof region->name, "%s", text);
    region->fips = take_out(region->name, "fips-") || take_out(region->name, "-fips");
    return AWS_OK;
}

bool region_variable(const char **text)
{
    *text = credentials_variable("AWS_REGION");
    if (*text == NULL)
        *text = credentials_variable("AWS_DEFAULT_REGION");
    return *text != NULL;
}

enum aws_cause region_take_of_profile(struct region *region, const struct profile *profile,
    struct aws_error *error)
{
    char place[PROFILE_PLACE_SIZE];
    const char *text = profile_get(profile, "region");
    if (text == NULL)
        return AWS_OK;
    if (!is_region(text))
        return error_set(error, AWS_CONFIG, "put a comment on a line of its own",
            "%s: the region is not a valid name", profile_place(profile, "region", place));
    return region_take(region, text, error);
}
