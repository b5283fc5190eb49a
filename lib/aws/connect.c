#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "aws/connect.h"
#include "aws/credentials.h"
#include "aws/profile.h"
#include "base/msg.h"
#include "base/status.h"
#include "base/stop.h"

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

/* What is known while the settings are put together. */
struct settings {
    const struct connect_options *options;
    struct profile profile;
    bool has_profile;
    const char *queue;
    bool queue_is_url;
    struct url queue_url; /* if it is one */
    struct url endpoint;
    char region[QUEUE_PART_SIZE];
};

/* A setting of the profile, whose files are not touched before the first is wanted. */
static enum aws_cause from_profile(struct settings *settings, const char *name, const char **value,
    struct aws_error *error)
{
    if (!settings->has_profile) {
        enum aws_cause cause = profile_load(&settings->profile, settings->options->profile, error);
        if (cause != AWS_OK)
            return cause;
        settings->has_profile = true;
    }
    *value = profile_get(&settings->profile, name);
    return AWS_OK;
}

static enum aws_cause find_queue(struct settings *settings, struct aws_error *error)
{
    struct queue_identity identity;
    settings->queue = settings->options->queue != NULL ? settings->options->queue
                                                       : credentials_variable("SQS_QUEUE_URL");
    if (settings->queue == NULL)
        return error_set(error, AWS_USAGE, "give it with --queue or in SQS_QUEUE_URL",
            "no queue is given");
    if (queue_is_name(settings->queue))
        return AWS_OK;
    settings->queue_is_url = true;
    errno = 0;
    if (strlen(settings->queue) >= CALL_URL_SIZE ||
        queue_identify(settings->queue, strlen(settings->queue), &identity) != 0 ||
        url_parse(settings->queue, &settings->queue_url) != URL_OK)
        return errno == ENOMEM ? error_set(error, AWS_NO_MEMORY, NULL, "no memory")
                               : error_set(error, AWS_USAGE, NULL,
                                     "the queue given is neither a queue's URL nor a name");
    return AWS_OK;
}

static bool is_region(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t length = strlen(text);
    return length > 0 && length < QUEUE_PART_SIZE && strspn(text, allowed) == length;
}

static enum aws_cause take_region(struct settings *settings, const char *text,
    struct aws_error *error)
{
    if (!is_region(text))
        return error_set(error, AWS_USAGE, NULL, "the region is not the name of one");
    (void)snprintf(settings->region, sizeof settings->region, "%s", text);
    return AWS_OK;
}

/* The region, as far as it does not follow from the endpoint; else "". */
static enum aws_cause find_region(struct settings *settings, struct aws_error *error)
{
    if (settings->options->region != NULL)
        return take_region(settings, settings->options->region, error);
    if (settings->queue_is_url && queue_region_of_host(settings->queue_url.name, settings->region))
        return AWS_OK;
    const char *found = credentials_variable("AWS_REGION");
    if (found == NULL)
        found = credentials_variable("AWS_DEFAULT_REGION");
    if (found == NULL) {
        enum aws_cause cause = from_profile(settings, "region", &found, error);
        if (cause != AWS_OK)
            return cause;
    }
    return found != NULL ? take_region(settings, found, error) : AWS_OK;
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
    return error_set(error, AWS_NO_MEMORY, NULL, "no memory");
}

static enum aws_cause find_endpoint(struct settings *settings, struct aws_error *error)
{
    char usual[QUEUE_PART_SIZE * 2];
    const char *found = settings->options->endpoint_url;
    if (found == NULL)
        found = credentials_variable("AWS_ENDPOINT_URL_SQS");
    if (found == NULL)
        found = credentials_variable("AWS_ENDPOINT_URL");
    if (found == NULL) {
        enum aws_cause cause = from_profile(settings, "endpoint_url", &found, error);
        if (cause != AWS_OK)
            return cause;
    }
    if (found != NULL)
        return take_endpoint(settings, found, error);
    if (settings->queue_is_url)
        return take_endpoint(settings, settings->queue_url.origin, error);
    if (settings->region[0] == '\0')
        return error_set(error, AWS_USAGE, "give it with --region or in AWS_REGION",
            "no region is given");
    (void)snprintf(usual, sizeof usual, "https://sqs.%s.amazonaws.com%s", settings->region,
        strncmp(settings->region, "cn-", 3) == 0 ? ".cn" : "");
    return take_endpoint(settings, usual, error);
}

static enum aws_cause resolve(struct settings *settings, struct aws_error *error)
{
    enum aws_cause cause = find_queue(settings, error);
    const char *none;
    if (cause == AWS_OK && settings->options->profile != NULL)
        cause = from_profile(settings, "region", &none, error); /* it must exist, needed or not */
    if (cause == AWS_OK)
        cause = find_region(settings, error);
    if (cause == AWS_OK)
        cause = find_endpoint(settings, error);
    if (cause == AWS_OK && settings->region[0] == '\0' &&
        !queue_region_of_host(settings->endpoint.name, settings->region))
        (void)snprintf(settings->region, sizeof settings->region, "us-east-1");
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
    if (queue_identify(connection->queue_url, strlen(connection->queue_url),
            &connection->identity) != 0 ||
        sqs_set_queue(connection->sqs, connection->queue_url) != 0)
        return errno == ENOMEM ? error_set(error, AWS_NO_MEMORY, NULL, "no memory")
                               : error_set(error, AWS_REFUSED, NULL,
                                     "%s gives a queue URL that is none", settings->endpoint.host);
    return AWS_OK;
}

/* Of no use to a server that is spoken to in clear; the profile may then be broken. */
static enum aws_cause find_ca_bundle(struct settings *settings, const char **found,
    struct aws_error *error)
{
    *found = credentials_variable("AWS_CA_BUNDLE");
    if (*found != NULL || strncmp(settings->endpoint.origin, "https:", 6) != 0)
        return AWS_OK;
    return from_profile(settings, "ca_bundle", found, error);
}

static void on_trouble(const struct aws_error *error)
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
        .region = settings.region,
        .profile = options->profile,
        .anonymous = options->anonymous,
        .protocol = options->protocol,
        .parallel = parallel,
        .ca_bundle = ca_bundle,
        .stop_fd = stoppable ? stop_fd() : -1,
        .patience = { .retry_ms = options->has_retry ? options->retry_ms : CONNECT_RETRY_MS,
            .no_queue_ms = options->absence == CONNECT_BELIEVE ? 0 : CONNECT_NO_QUEUE_MS,
            .no_queue_later = options->absence == CONNECT_DOUBT_LATER },
        .on_trouble = on_trouble,
    };
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
