#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "credentials/ask.h"
#include "credentials/document.h"
#include "credentials/instance.h"
#include "http/url.h"

enum { CONNECT_MS = 1000, TOTAL_MS = 2000, TRIES = 2, URL_MAXIMUM = 1024, NAME_MAXIMUM = 128 };

static const char who[] = "the instance metadata service";

struct service {
    const struct credentials_request *request;
    const char *origin; /* with the path of its endpoint, if any */
    struct buf token;   /* the header with the session token */
};

static enum aws_cause find_endpoint(const struct profile *profile, struct url *url,
    struct aws_error *error)
{
    const char *endpoint = credentials_variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    const char *mode = credentials_variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    if (endpoint == NULL)
        endpoint = profile_get(profile, "ec2_metadata_service_endpoint");
    if (mode == NULL)
        mode = profile_get(profile, "ec2_metadata_service_endpoint_mode");
    if (endpoint == NULL)
        endpoint = mode != NULL && strcasecmp(mode, "IPv6") == 0 ? "http://[fd00:ec2::254]"
                                                                 : "http://169.254.169.254";
    switch (url_parse(endpoint, url)) {
    case URL_OK:
        return AWS_OK;
    case URL_REFUSED:
        return error_set(error, AWS_SETTING, NULL,
            "the endpoint of the instance metadata service is not an http or https URL");
    case URL_NO_MEMORY:
        break;
    }
    return error_no_memory(error);
}

static enum aws_cause ask_service(const struct service *service, enum http_method method,
    const char *path, const char *header, struct credentials_ask *ask, struct aws_error *error)
{
    char url[URL_MAXIMUM];
    const char *headers[] = { header, NULL };
    *ask = (struct credentials_ask){
        .http = { .method = method,
            .url = url,
            .headers = headers,
            .connect_ms = CONNECT_MS,
            .total_ms = TOTAL_MS,
            .direct = true },
        .tries = TRIES,
        .who = who,
    };
    buf_init(&ask->answer, CREDENTIALS_ASK_MAXIMUM);
    int length = snprintf(url, sizeof url, "%s%s", service->origin, path);
    if (length < 0 || (size_t)length >= sizeof url)
        return error_set(error, AWS_SETTING, NULL,
            "the endpoint of the instance metadata service is too long");
    enum aws_cause cause = credentials_ask_run(ask, service->request, error);
    ask->http.url = NULL;
    ask->http.headers = NULL;
    return cause;
}

/* Fetch the session token. AWS_OK with an empty token: *reason says why there is no service. */
static enum aws_cause fetch_token(struct service *service, const char **reason,
    struct aws_error *error)
{
    struct credentials_ask ask;
    enum aws_cause cause = ask_service(service, HTTP_PUT, "/latest/api/token",
        "X-aws-ec2-metadata-token-ttl-seconds: 300", &ask, error);
    const struct http_request *http = &ask.http;
    if (cause == AWS_TEMPORARY && !http->sent) {
        *reason = ", and this machine is not an EC2 instance: no instance metadata service answers";
        cause = AWS_OK;
    } else if (cause == AWS_TEMPORARY && http->outcome == HTTP_TIMEOUT) {
        /* The hop limit of the instance bounds the way of the answer to the PUT. */
        error->hint = "in a container, raise the instance's HttpPutResponseHopLimit to 2";
    } else if (cause == AWS_OK && (http->status == 403 || http->status == 404)) {
        *reason = ", and the instance metadata service is off, or of version 1 only";
    } else if (cause == AWS_OK &&
        (http->status != 200 || !credentials_is_word(ask.answer.data, ask.answer.length))) {
        cause = error_set(error, AWS_SETTING, NULL, "%s gives no token: its answer has status %u",
            who, http->status);
    } else if (cause == AWS_OK &&
        (buf_reserve(&service->token, ask.answer.length + 64) == NULL ||
            buf_printf(&service->token, "X-aws-ec2-metadata-token: %.*s", (int)ask.answer.length,
                ask.answer.data) != 0 ||
            buf_cstr(&service->token) == NULL)) {
        cause = error_no_memory(error);
    }
    credentials_ask_free(&ask);
    return cause;
}

static const char role_path[] = "/latest/meta-data/iam/security-credentials/";

/* Fetch the name of the role; "" with *reason when there is none. */
static enum aws_cause fetch_role(const struct service *service, char name[NAME_MAXIMUM],
    const char **reason, struct aws_error *error)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+=,.@_-";
    struct credentials_ask ask;
    *name = '\0';
    enum aws_cause cause =
        ask_service(service, HTTP_GET, role_path, service->token.data, &ask, error);
    if (cause == AWS_OK && ask.http.status == 404) {
        *reason = ", and this EC2 instance has no role";
    } else if (cause == AWS_OK) {
        /* One name on each line; there is only one. */
        size_t length = 0;
        while (length < ask.answer.length && ask.answer.data[length] != '\0' &&
            strchr(allowed, ask.answer.data[length]) != NULL)
            length++;
        bool ended = length == ask.answer.length || ask.answer.data[length] == '\n' ||
            ask.answer.data[length] == '\r';
        if (ask.http.status != 200 || length == 0 || length >= NAME_MAXIMUM || !ended)
            cause = error_set(error, AWS_SETTING, NULL,
                "%s names no role: its answer has status %u", who, ask.http.status);
        else
            (void)snprintf(name, NAME_MAXIMUM, "%.*s", (int)length, ask.answer.data);
    }
    credentials_ask_free(&ask);
    return cause;
}

static enum aws_cause fetch_credentials(const struct service *service, const char *role,
    struct credentials *credentials, struct aws_error *error)
{
    struct credentials_ask ask;
    char path[sizeof role_path + NAME_MAXIMUM];
    (void)snprintf(path, sizeof path, "%s%s", role_path, role);
    enum aws_cause cause = ask_service(service, HTTP_GET, path, service->token.data, &ask, error);
    if (cause == AWS_OK)
        cause = credentials_document_answer(credentials, &ask, NULL, error);
    credentials_ask_free(&ask);
    return cause;
}

enum aws_cause credentials_instance_fetch(struct credentials *credentials,
    const struct credentials_request *request, const struct profile *profile, const char **reason,
    struct aws_error *error)
{
    const char *disabled = credentials_variable("AWS_EC2_METADATA_DISABLED");
    char role[NAME_MAXIMUM], *origin = NULL;
    struct url url;
    *credentials = (struct credentials){ 0 };
    *reason = "";
    if (disabled != NULL && strcasecmp(disabled, "true") == 0)
        return AWS_OK;
    enum aws_cause cause = find_endpoint(profile, &url, error);
    if (cause != AWS_OK)
        return cause;
    struct service service = { .request = request };
    buf_init(&service.token, CREDENTIALS_ASK_MAXIMUM + 64);
    if (asprintf(&origin, "%s%s", url.origin, url.path) < 0) {
        origin = NULL;
        cause = error_no_memory(error);
        goto done;
    }
    service.origin = origin;
    cause = fetch_token(&service, reason, error);
    if (cause != AWS_OK || service.token.length == 0)
        goto done;
    cause = fetch_role(&service, role, reason, error);
    if (cause == AWS_OK && *role != '\0')
        cause = fetch_credentials(&service, role, credentials, error);
done:
    buf_wipe(&service.token);
    free(origin);
    url_free(&url);
    return cause;
}
