#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "aws/credentials.h"
#include "aws/partition.h"
#include "base/msg.h"
#include "base/status.h"
#include "base/stop.h"
#include "credentials/endpoint.h"
#include "credentials/profile.h"
#include "credentials/region.h"
#include "sqs/connect.h"

enum { LONGEST_RETRY_MS = 24 * 3600 * 1000 };

bool connect_option(struct connect_options *options, int id, const char *value)
{
    switch (id) {
    case CONNECT_QUEUE:
        options->queue = value;
        return true;
    case CONNECT_ENDPOINT_URL:
        options->endpoint_url = value;
        return true;
    case CONNECT_REGION:
        options->region = value;
        return true;
    case CONNECT_PROFILE:
        options->profile = value;
        return true;
    case CONNECT_NO_SIGN:
        options->anonymous = true;
        return true;
    case CONNECT_PROTOCOL:
        options->protocol = strcmp(value, "json") == 0 ? PROTOCOL_JSON : PROTOCOL_QUERY;
        if (options->protocol == PROTOCOL_JSON || strcmp(value, "query") == 0)
            return true;
        opt_usage("option --protocol takes query or json");
        return false;
    case CONNECT_RETRY:
        options->has_retry = true;
        if (opt_duration(value, 0, LONGEST_RETRY_MS, &options->retry_ms))
            return true;
        opt_usage("option --retry-timeout takes a time from 0 to 24h");
        return false;
    default:
        return false;
    }
}

/* State while the settings are resolved. */
struct settings {
    const struct connect_options *options;
    struct profile profile;
    bool has_profile;
    const char *queue;
    bool queue_is_url;
    struct url queue_url; /* if the queue is a URL */
    struct url endpoint;
    struct region region;
};

/* Return the profile; its files are read at the first use only. */
static enum aws_cause want_profile(struct settings *settings, struct aws_error *error)
{
    enum aws_cause cause = settings->has_profile
        ? AWS_OK
        : profile_load(&settings->profile, settings->options->profile, error);
    settings->has_profile = cause == AWS_OK;
    return cause;
}

/* Refuse "arn:aws:sqs:eu-west-1:123456789012:logins", but show its URL. So a queue has one name
 * wherever a name distinguishes runs. */
static enum aws_cause refuse_arn(const char *queue, struct aws_error *error)
{
    const struct partition_variant usual = { false, false };
    char region[32] = "", account[16] = "", name[QUEUE_PART_SIZE] = "", host[PARTITION_HOST_SIZE];
    int read = sscanf(queue, "arn:%*[a-z-]:sqs:%31[a-z0-9-]:%15[0-9]:%127[A-Za-z0-9_.-]", region,
        account, name);
    if (read != 3 || !queue_is_name(name) ||
        partition_host(PARTITION_SQS, region, usual, host) != 0)
        return error_set(error, AWS_USAGE, "give the queue's URL, or its name",
            "the queue is an ARN of another service");
    return error_set(error, AWS_USAGE, "give the queue's URL, or its name",
        "the queue is an ARN; its URL is https://%s/%s/%s", host, account, name);
}

static const char *given_queue(const struct connect_options *options)
{
    return options->queue != NULL ? options->queue : credentials_variable("SQS_QUEUE_URL");
}

/* Programs use the last part of the URL as a name: one queue must not have two. */
static size_t length_of_url(const char *url)
{
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    return length;
}

bool connect_queue_name(const struct connect_options *options, char name[QUEUE_PART_SIZE])
{
    struct queue_identity identity;
    const char *queue = given_queue(options);
    bool named = queue != NULL && queue_is_name(queue);
    if (queue == NULL || (!named && queue_identify(queue, length_of_url(queue), &identity) != 0))
        return false;
    (void)snprintf(name, QUEUE_PART_SIZE, "%s", named ? queue : identity.name);
    return true;
}

static enum aws_cause find_queue(struct settings *settings, struct aws_error *error)
{
    struct queue_identity identity;
    settings->queue = given_queue(settings->options);
    if (settings->queue == NULL)
        return error_set(error, AWS_USAGE, "give it with --queue or in SQS_QUEUE_URL",
            "no queue is given");
    if (queue_is_name(settings->queue))
        return AWS_OK;
    if (strncmp(settings->queue, "arn:", 4) == 0)
        return refuse_arn(settings->queue, error);
    settings->queue_is_url = true;
    errno = 0;
    if (strlen(settings->queue) >= CALL_URL_SIZE ||
        queue_identify(settings->queue, strlen(settings->queue), &identity) != 0 ||
        url_parse(settings->queue, &settings->queue_url) != URL_OK)
        return errno == ENOMEM ? error_no_memory(error)
                               : error_set(error, AWS_USAGE, NULL,
                                     "the queue given is neither a queue URL nor a name");
    return AWS_OK;
}

/* Find the region, unless the endpoint determines it; else "". */
static enum aws_cause find_region(struct settings *settings, struct aws_error *error)
{
    const char *found = settings->options->region;
    if (found == NULL && settings->queue_is_url &&
        queue_region_of_host(settings->queue_url.name, settings->region.name))
        return AWS_OK;
    if (found != NULL || region_variable(&found))
        return region_take(&settings->region, found, error);
    enum aws_cause cause = want_profile(settings, error);
    return cause == AWS_OK ? region_take_of_profile(&settings->region, &settings->profile, error)
                           : cause;
}

static enum aws_cause take_endpoint(struct settings *settings, const char *text,
    struct aws_error *error)
{
    switch (url_parse(text, &settings->endpoint)) {
    case URL_OK:
        return AWS_OK;
    case URL_REFUSED:
        return error_set(error, AWS_USAGE,
            "such as https://sqs.eu-west-1.amazonaws.com, without user name or query",
            "the endpoint is not an http or https URL");
    case URL_NO_MEMORY:
        break;
    }
    return error_no_memory(error);
}

/* Take the default endpoint of the region. */
static enum aws_cause take_usual(struct settings *settings, struct partition_variant variant,
    struct aws_error *error)
{
    char usual[ENDPOINT_URL_SIZE];
    if (settings->region.name[0] == '\0')
        return error_set(error, AWS_USAGE, "give it with --region or in AWS_REGION",
            "no region is given");
    enum aws_cause cause =
        endpoint_default(PARTITION_SQS, settings->region.name, variant, usual, error);
    return cause == AWS_OK ? take_endpoint(settings, usual, error) : cause;
}

/* Take the host of the queue URL, or its requested variant where AWS has variants. */
static enum aws_cause take_queue_host(struct settings *settings, struct partition_variant variant,
    struct aws_error *error)
{
    char region[PARTITION_REGION_SIZE];
    bool own;
    if ((variant.fips || variant.dual_stack) &&
        partition_region_of_host(settings->queue_url.name, region, &own) && !own)
        return take_usual(settings, variant, error);
    return take_endpoint(settings, settings->queue_url.origin, error);
}

static enum aws_cause find_endpoint(struct settings *settings, struct aws_error *error)
{
    struct partition_variant variant;
    const char *found;
    if (settings->options->endpoint_url != NULL)
        return take_endpoint(settings, settings->options->endpoint_url, error);
    enum aws_cause cause = want_profile(settings, error);
    if (cause == AWS_OK)
        cause = endpoint_configured(PARTITION_SQS, &settings->profile, &found, error);
    if (cause == AWS_OK && found != NULL)
        return take_endpoint(settings, found, error);
    if (cause == AWS_OK)
        cause = endpoint_variant(&settings->profile, &variant, error);
    if (cause != AWS_OK)
        return cause;
    variant.fips |= settings->region.fips;
    return settings->queue_is_url ? take_queue_host(settings, variant, error)
                                  : take_usual(settings, variant, error);
}

static enum aws_cause resolve(struct settings *settings, struct aws_error *error)
{
    enum aws_cause cause = find_queue(settings, error);
    if (cause == AWS_OK && settings->options->profile != NULL)
        cause = want_profile(settings, error); /* it must exist even if not needed */
    if (cause == AWS_OK)
        cause = find_region(settings, error);
    if (cause == AWS_OK)
        cause = find_endpoint(settings, error);
    if (cause == AWS_OK && settings->region.name[0] == '\0' &&
        !queue_region_of_host(settings->endpoint.name, settings->region.name))
        (void)snprintf(settings->region.name, sizeof settings->region.name, "us-east-1");
    return cause;
}

static enum aws_cause look_up(struct connection *connection, const struct settings *settings,
    bool stoppable, struct aws_error *error)
{
    struct call call = { .operation = CALL_QUEUE_URL, .queue_name = settings->queue };
    if (settings->queue_is_url) {
        (void)snprintf(connection->queue_url, sizeof connection->queue_url, "%s", settings->queue);
    } else {
        if (sqs_run(connection->sqs, &call, stoppable) != AWS_OK) {
            *error = call.error;
            return error->cause;
        }
        (void)snprintf(connection->queue_url, sizeof connection->queue_url, "%s", call.queue_url);
    }
    connection->queue_url[length_of_url(connection->queue_url)] = '\0';
    if (queue_identify(connection->queue_url, strlen(connection->queue_url),
            &connection->identity) != 0 ||
        sqs_set_queue(connection->sqs, connection->queue_url) != 0)
        return errno == ENOMEM ? error_no_memory(error)
                               : error_set(error, AWS_REFUSED, NULL,
                                     "%s gives an invalid queue URL", settings->endpoint.host);
    return AWS_OK;
}

/* A server without TLS needs none; the profile may then be broken. */
static enum aws_cause find_ca_bundle(struct settings *settings, const char **found,
    struct aws_error *error)
{
    *found = credentials_variable("AWS_CA_BUNDLE");
    if (*found != NULL || strncmp(settings->endpoint.origin, "https:", 6) != 0)
        return AWS_OK;
    enum aws_cause cause = want_profile(settings, error);
    if (cause == AWS_OK)
        *found = profile_get(&settings->profile, "ca_bundle");
    return cause;
}

static void on_failing(const struct aws_error *error)
{
    msg_warn("%s; trying again", error->text);
}

enum aws_cause connect_open(struct connection *connection, const struct connect_options *options,
    unsigned parallel, bool stoppable, struct aws_error *error)
{
    struct settings settings = { .options = options };
    *connection = (struct connection){ .sqs = NULL };
    enum aws_cause cause = resolve(&settings, error);
    if (cause != AWS_OK)
        goto done;
    const char *ca_bundle;
    cause = find_ca_bundle(&settings, &ca_bundle, error);
    if (cause != AWS_OK)
        goto done;
    const struct sqs_config config = {
        .endpoint = &settings.endpoint,
        .region = settings.region.name,
        .profile = options->profile,
        .anonymous = options->anonymous,
        .protocol = options->protocol,
        .parallel = parallel,
        .ca_bundle = ca_bundle,
        .stop_fd = stoppable ? stop_fd() : -1,
        .retry = { .retry_ms = options->has_retry ? options->retry_ms : CONNECT_RETRY_MS,
            .no_queue_ms = options->absence == CONNECT_BELIEVE ? 0 : CONNECT_NO_QUEUE_MS,
            .no_queue_later = options->absence == CONNECT_DOUBT_LATER },
        .on_failing = on_failing,
    };
    connection->secure = strncmp(settings.endpoint.origin, "https:", 6) == 0;
    connection->sqs = sqs_open(&config, error);
    cause =
        connection->sqs != NULL ? look_up(connection, &settings, stoppable, error) : error->cause;
    if (cause != AWS_OK)
        connect_close(connection);
done:
    if (settings.has_profile)
        profile_free(&settings.profile);
    url_free(&settings.queue_url);
    url_free(&settings.endpoint);
    return cause;
}

void connect_close(struct connection *connection)
{
    sqs_close(connection->sqs);
    connection->sqs = NULL;
}

int connect_report(const struct aws_error *error)
{
    static const int statuses[] = {
        [AWS_OK] = STATUS_OK,
        [AWS_TEMPORARY] = STATUS_TEMPORARY,
        [AWS_EXPIRED] = STATUS_UNAVAILABLE,
        [AWS_SKEWED] = STATUS_UNAVAILABLE,
        [AWS_LOST] = STATUS_UNAVAILABLE,
        [AWS_IDENTITY] = STATUS_UNAVAILABLE,
        [AWS_DENIED] = STATUS_UNAVAILABLE,
        [AWS_NO_QUEUE] = STATUS_UNAVAILABLE,
        [AWS_REFUSED] = STATUS_UNAVAILABLE,
        [AWS_USAGE] = STATUS_USAGE,
        [AWS_SETTING] = STATUS_UNAVAILABLE,
        [AWS_CONFIG] = STATUS_CONFIG,
        [AWS_NO_MEMORY] = STATUS_INTERNAL,
        [AWS_STOPPED] = STATUS_OK,
    };
    if (error->cause != AWS_OK && error->cause != AWS_STOPPED) {
        msg_error("%s", error->text);
        if (error->hint != NULL)
            msg_hint("%s", error->hint);
    }
    return statuses[error->cause];
}
