#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "auth_token.h"
#include "aws/partition.h"
#include "aws/sign.h"
#include "base/clock.h"
#include "credentials/chain.h"
#include "credentials/profile.h"

enum { GOOD_FOR_SECONDS = 900, HOST_SIZE = 320, HTTPS_PORT = 443 };

/* Append the token, signed at ${now_ms} for ${region}. Return 0, or -1 when memory runs out. */
static int sign(struct buf *out, const struct auth_token_wanted *wanted, const char *region,
    const struct credentials *credentials, uint64_t now_ms)
{
    const struct sign_parameter parameters[] = { { "Action", "connect" },
        { "DBUser", wanted->user } };
    char date[SIGN_DATE_SIZE];
    char host[HOST_SIZE];
    int length = snprintf(host, sizeof host, "%s", wanted->host);
    for (char *at = host; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    if (wanted->port != HTTPS_PORT)
        (void)snprintf(host + length, sizeof host - (size_t)length, ":%" PRIu64, wanted->port);
    sign_date(now_ms, date);
    const struct sign_query query = {
        .region = region,
        .service = "rds-db",
        .date = date,
        .host = host,
        .seconds = GOOD_FOR_SECONDS,
        .parameters = parameters,
        .count = sizeof parameters / sizeof *parameters,
    };
    buf_printf(out, "%s:%" PRIu64 "/?", wanted->host, wanted->port);
    return sign_query(out, credentials, &query);
}

/*
 * Return true for a label with the form of a region: two hyphens or more, and a digit at the end.
 */
static bool is_of_region(const char *label, size_t length)
{
    size_t hyphens = 0;
    for (size_t i = 0; i < length; i++)
        hyphens += label[i] == '-';
    return hyphens >= 2 && length < PARTITION_REGION_SIZE &&
        isdigit((unsigned char)label[length - 1]);
}

/*
 * Copy the region in "db.abc.rds.cn-north-1.amazonaws.com.cn", the label behind "rds", or in
 * "db.abc.eu-west-1.rds.amazonaws.com", the one before it. In the first form that one may look like
 * a region, too: "cluster-ro-abc1".
 */
static bool region_of_host(const char *host, char region[PARTITION_REGION_SIZE])
{
    const char *service = strcasestr(host, ".rds.");
    if (service == NULL)
        return false;
    const char *start = service + strlen(".rds.");
    size_t length = strcspn(start, ".");
    if (!is_of_region(start, length)) {
        for (start = service; start > host && start[-1] != '.';)
            start--;
        length = (size_t)(service - start);
    }
    if (start == host || !is_of_region(start, length))
        return false;
    for (size_t i = 0; i < length; i++)
        region[i] = (char)tolower((unsigned char)start[i]);
    region[length] = '\0';
    return true;
}

static bool is_region(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t length = strlen(text);
    return length > 0 && length < PARTITION_REGION_SIZE && strspn(text, allowed) == length;
}

/* Find the region of the token. */
static enum aws_cause find_region(const struct auth_token_wanted *wanted,
    const struct profile *profile, char region[PARTITION_REGION_SIZE], struct aws_error *error)
{
    const char *found = wanted->region;
    if (found == NULL && region_of_host(wanted->host, region))
        return AWS_OK;
    if (found == NULL)
        found = credentials_variable("AWS_REGION");
    if (found == NULL)
        found = credentials_variable("AWS_DEFAULT_REGION");
    bool of_profile = found == NULL;
    if (of_profile)
        found = profile_get(profile, "region");
    if (found == NULL)
        return error_set(error, AWS_USAGE, "give it with --region or in AWS_REGION",
            "no region is known");
    char place[PROFILE_PLACE_SIZE];
    if (!is_region(found) && of_profile)
        return error_set(error, AWS_CONFIG, "put a comment on a line of its own",
            "%s: the region is not a valid name", profile_place(profile, "region", place));
    if (!is_region(found))
        return error_set(error, AWS_USAGE, NULL, "the region is not a valid name");
    (void)snprintf(region, PARTITION_REGION_SIZE, "%s", found);
    return AWS_OK;
}

enum aws_cause auth_token_make(struct buf *out, const struct auth_token_wanted *wanted,
    struct aws_error *error)
{
    char region[PARTITION_REGION_SIZE];
    struct credentials credentials = { 0 };
    struct profile profile;
    enum aws_cause cause = profile_load(&profile, wanted->profile, error);
    if (cause != AWS_OK)
        return cause;
    cause = find_region(wanted, &profile, region, error);
    const char *trusted = credentials_variable("AWS_CA_BUNDLE");
    const struct credentials_request request = {
        .profile = wanted->profile,
        .region = region,
        .ca_bundle = trusted != NULL ? trusted : profile_get(&profile, "ca_bundle"),
        .stop_fd = -1,
        .hint = "give a settings file with --settings, or a profile of the AWS configuration",
    };
    if (cause == AWS_OK)
        cause = credentials_chain_load(&credentials, &request, error);
    if (cause == AWS_OK && sign(out, wanted, region, &credentials, clock_realtime_ms()) != 0)
        cause = error_no_memory(error);
    credentials_free(&credentials);
    profile_free(&profile);
    return cause;
}
