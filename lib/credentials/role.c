#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/form.h"
#include "aws/headers.h"
#include "base/clock.h"
#include "credentials/ask.h"
#include "credentials/endpoint.h"
#include "credentials/role.h"
#include "http/url.h"
#include "xml/xml.h"

/* A busy machine takes seconds for a TLS handshake. */
enum { CONNECT_MS = 5000, TOTAL_MS = 10000, TRIES = 3, SKEW_MS = 240 * 1000, NAME_SIZE = 64 };
enum { BODY_MAXIMUM = 256 << 10, URL_MAXIMUM = 32 << 10, VALUE_MAXIMUM = 17000 };

/* ---- the answer ------------------------------------------------------------------------------ */

enum element { ID, SECRET, TOKEN, EXPIRATION, CODE, ELEMENTS };

struct reading {
    struct buf values[ELEMENTS];
    struct buf *open; /* destination of the text; NULL to ignore it */
};

static void on_start(void *context, const char *name)
{
    static const char *const names[ELEMENTS] = { "AccessKeyId", "SecretAccessKey", "SessionToken",
        "Expiration", "Code" };
    struct reading *reading = context;
    reading->open = NULL;
    for (int i = 0; i < ELEMENTS; i++)
        if (strcmp(name, names[i]) == 0) {
            reading->open = &reading->values[i];
            buf_clear(reading->open);
        }
}

static void on_text(void *context, const char *text, size_t length)
{
    struct reading *reading = context;
    if (reading->open != NULL)
        (void)buf_append(reading->open, text, length);
}

static void on_end(void *context, const char *name)
{
    struct reading *reading = context;
    (void)name;
    reading->open = NULL;
}

static const struct xml_handler handler = { on_start, on_text, on_end };

static const char *value(struct reading *reading, enum element element)
{
    struct buf *found = &reading->values[element];
    return found->length > 0 && !found->failed ? buf_cstr(found) : NULL;
}

static enum aws_cause refused(struct reading *reading, unsigned status,
    const struct credentials_role *role, struct aws_error *error)
{
    char name[ERROR_NAME_SIZE];
    const char *code = value(reading, CODE);
    error_code_name(code != NULL ? code : "", name);
    switch (error_cause_of(code != NULL ? name : "", status, false, true)) {
    case AWS_TEMPORARY:
        return error_set(error, AWS_TEMPORARY, NULL, "STS does not give %s now (%s)", role->name,
            name);
    case AWS_DENIED:
        return error_set(error, AWS_DENIED,
            "the role's trust policy and the caller's own rights must both allow it",
            "STS does not let us assume %s (%s)", role->name, name);
    case AWS_EXPIRED:
    case AWS_SKEWED:
    case AWS_IDENTITY:
        return error_set(error, AWS_IDENTITY, NULL,
            "STS does not accept the credentials for %s (%s)", role->name, name);
    default:
        /* A failure to reach the identity provider is worth a retry. */
        return error_set(error,
            strcmp(name, "IDPCommunicationError") == 0 ? AWS_TEMPORARY : AWS_REFUSED, NULL,
            "STS refuses to give %s (%s, status %u)", role->name, name, status);
    }
}

static enum aws_cause take(struct credentials *credentials, struct reading *reading,
    struct aws_error *error)
{
    uint64_t expires_ms = 0;
    const char *id = value(reading, ID), *secret = value(reading, SECRET);
    const char *token = value(reading, TOKEN), *expiration = value(reading, EXPIRATION);
    if (id == NULL || secret == NULL || token == NULL || expiration == NULL ||
        !credentials_time(expiration, &expires_ms))
        return error_set(error, AWS_SETTING, NULL,
            "the answer of STS lacks part of the credentials");
    enum aws_cause cause =
        credentials_set(credentials, id, secret, token, AWS_SETTING, "the answer of STS", error);
    if (cause == AWS_OK)
        credentials->expires_ms = expires_ms;
    return cause;
}

static enum aws_cause read_answer(struct credentials *credentials,
    const struct credentials_ask *ask, const struct credentials_role *role, struct aws_error *error)
{
    struct reading reading = { .open = NULL };
    enum aws_cause cause = AWS_OK;
    for (int i = 0; i < ELEMENTS; i++) {
        buf_init(&reading.values[i], VALUE_MAXIMUM);
        /* Reserve the maximum: growing would leave copies of secrets in memory. */
        (void)buf_reserve(&reading.values[i], VALUE_MAXIMUM);
    }
    struct xml *xml = xml_open(&handler, &reading);
    if (xml == NULL) {
        cause = error_no_memory(error);
        goto done;
    }
    xml_feed(xml, ask->answer.data, ask->answer.length);
    bool well = xml_finish(xml) == XML_WELL;
    if (ask->http.status != 200)
        cause = refused(&reading, ask->http.status, role, error);
    else if (!well)
        cause = error_set(error, AWS_SETTING, NULL, "the answer of STS cannot be read");
    else
        cause = take(credentials, &reading, error);
done:
    xml_free(xml);
    for (int i = 0; i < ELEMENTS; i++)
        buf_wipe(&reading.values[i]);
    return cause;
}

/* ---- the request ----------------------------------------------------------------------------- */

static enum aws_cause find_endpoint(const struct credentials_request *request,
    const struct credentials_role *role, struct url *url, struct aws_error *error)
{
    char usual[ENDPOINT_URL_SIZE];
    struct partition_variant variant;
    const char *text;
    enum aws_cause cause = endpoint_configured(PARTITION_STS, role->settings, &text, error);
    if (cause == AWS_OK && text == NULL) {
        cause = endpoint_variant(role->settings, &variant, error);
        if (cause == AWS_OK)
            cause = endpoint_default(PARTITION_STS, request->region, variant, usual, error);
        text = usual;
    }
    if (cause != AWS_OK)
        return cause;
    switch (url_parse(text, url)) {
    case URL_OK:
        return AWS_OK;
    case URL_REFUSED:
        return error_set(error, AWS_SETTING, NULL,
            "the endpoint of STS is not an http or https URL");
    case URL_NO_MEMORY:
        break;
    }
    return error_no_memory(error);
}

static void add(struct buf *body, const char *name, const char *text)
{
    if (text != NULL)
        form_add(body, name, text, strlen(text));
}

static void write_body(struct buf *body, const struct credentials_role *role, const char *token)
{
    char session[NAME_SIZE];
    (void)snprintf(session, sizeof session, "sqs2pg-%" PRIu64, clock_realtime_ms());
    (void)buf_reserve(body, BODY_MAXIMUM); /* growing would leave copies of the token in memory */
    buf_printf(body, "Action=%s&Version=2011-06-15",
        token != NULL ? "AssumeRoleWithWebIdentity" : "AssumeRole");
    add(body, "RoleArn", role->arn);
    add(body, "RoleSessionName", role->session_name != NULL ? role->session_name : session);
    add(body, "DurationSeconds", role->duration);
    if (token == NULL)
        add(body, "ExternalId", role->external_id);
    else
        add(body, "WebIdentityToken", token);
}

/* Return true when a server refuses because its clock is far from ours; set *now_ms to its time. */
static bool skewed(const struct http_request *http, uint64_t *now_ms)
{
    int64_t apart = http->date_ms - (int64_t)*now_ms;
    if (http->status < 400 || http->date_ms == 0 || (apart < SKEW_MS && apart > -SKEW_MS))
        return false;
    *now_ms = (uint64_t)http->date_ms;
    return true;
}

static enum aws_cause assume(struct credentials *credentials,
    const struct credentials_request *request, const struct credentials_role *role,
    const struct credentials *by, const char *token, struct aws_error *error)
{
    struct url url;
    struct buf body, target;
    struct headers headers;
    struct credentials_ask ask = { .tries = TRIES, .who = "STS" };
    uint64_t now_ms = clock_realtime_ms();
    *credentials = (struct credentials){ 0 };
    enum aws_cause cause = find_endpoint(request, role, &url, error);
    if (cause != AWS_OK)
        return cause;
    buf_init(&body, BODY_MAXIMUM);
    buf_init(&target, URL_MAXIMUM);
    buf_init(&ask.answer, 0);
    headers_init(&headers);
    write_body(&body, role, token);
    const struct sign_request signing = {
        .region = strcmp(request->region, "aws-global") == 0 ? "us-east-1" : request->region,
        .service = "sts",
        .path = *url.path != '\0' ? url.path : "/",
        .body = body.data,
        .body_length = body.length,
    };
    buf_printf(&target, "%s%s", url.origin, signing.path);
    for (int round = 0; round < 2; round++) {
        if (round > 0 && (by == NULL || !skewed(&ask.http, &now_ms)))
            break;
        credentials_ask_free(&ask);
        headers_begin(&headers, "application/x-www-form-urlencoded; charset=utf-8", url.host, by,
            now_ms);
        if (buf_cstr(&target) == NULL || body.failed || headers_finish(&headers, &signing) != 0) {
            cause = error_no_memory(error);
            break;
        }
        ask.http = (struct http_request){ .method = HTTP_POST,
            .url = target.data,
            .headers = headers.list,
            .body = body.data,
            .body_length = body.length,
            .connect_ms = CONNECT_MS,
            .total_ms = TOTAL_MS };
        cause = credentials_ask_run(&ask, request, error);
        if (cause != AWS_OK)
            break;
        cause = read_answer(credentials, &ask, role, error);
    }
    credentials_ask_free(&ask);
    headers_free(&headers);
    buf_wipe(&body);
    buf_free(&target);
    url_free(&url);
    return cause;
}

enum aws_cause credentials_role_assume(struct credentials *credentials,
    const struct credentials_request *request, const struct credentials_role *role,
    const struct credentials *by, struct aws_error *error)
{
    return assume(credentials, request, role, by, NULL, error);
}

enum aws_cause credentials_role_assume_by_token(struct credentials *credentials,
    const struct credentials_request *request, const struct credentials_role *role,
    const char *token, struct aws_error *error)
{
    return assume(credentials, request, role, NULL, token, error);
}
