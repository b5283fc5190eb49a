#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "credentials/ask.h"
#include "credentials/container.h"
#include "credentials/document.h"
#include "http/url.h"

enum { CONNECT_MS = 1000, TOTAL_MS = 3000, TRIES = 3, URL_MAXIMUM = 2048 };

static const char relative_name[] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
static const char full_name[] = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

/* Return true when http to this host is no risk: the machine itself and the addresses of AWS
 * agents. */
static bool is_neighbour(const char *host)
{
    struct in_addr address;
    if (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127)
        return true;
    static const char *const hosts[] = { "localhost", "[::1]", "169.254.170.2", "169.254.170.23",
        "[fd00:ec2::23]" };
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (strcmp(host, hosts[i]) == 0)
            return true;
    return false;
}

static enum aws_cause check_full(const char *text, struct aws_error *error)
{
    char plain[URL_MAXIMUM];
    struct url url;
    /* Ignore a query: it is for the endpoint. */
    size_t length = strcspn(text, "?");
    (void)snprintf(plain, sizeof plain, "%.*s", (int)length, text);
    enum url_result result = url_parse(plain, &url);
    if (result == URL_NO_MEMORY)
        return error_no_memory(error);
    bool good = result == URL_OK && strpbrk(text + length, "# \t\r\n") == NULL;
    bool allowed = good && (strncmp(url.origin, "https:", 6) == 0 || is_neighbour(url.name));
    url_free(&url);
    if (!good)
        return error_set(error, AWS_SETTING, NULL, "%s is not an http or https URL", full_name);
    if (!allowed)
        return error_set(error, AWS_SETTING,
            "use https, or http to the loopback, 169.254.170.2, 169.254.170.23 or "
            "[fd00:ec2::23]",
            "%s names a host that is not trusted with http", full_name);
    return AWS_OK;
}

static enum aws_cause find_url(char url[URL_MAXIMUM], struct aws_error *error)
{
    const char *relative = credentials_variable(relative_name);
    const char *full = credentials_variable(full_name);
    *url = '\0';
    if (relative == NULL && full == NULL)
        return AWS_OK;
    const char *text = relative != NULL ? relative : full;
    if (strlen(text) >= URL_MAXIMUM - sizeof "http://169.254.170.2")
        return error_set(error, AWS_SETTING, NULL, "%s is too long",
            relative != NULL ? relative_name : full_name);
    if (relative == NULL) {
        (void)snprintf(url, URL_MAXIMUM, "%s", full);
        return check_full(full, error);
    }
    if (*relative != '/' || strpbrk(relative, "# \t\r\n") != NULL)
        return error_set(error, AWS_SETTING, NULL, "%s is not a path", relative_name);
    (void)snprintf(url, URL_MAXIMUM, "http://169.254.170.2%s", relative);
    return AWS_OK;
}

/* Write the Authorization header, or leave ${header} empty. */
static enum aws_cause authorize(struct buf *header, struct aws_error *error)
{
    struct buf token;
    const char *file = credentials_variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char *text = credentials_variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    enum aws_cause cause = AWS_OK;
    buf_init(&token, 0);
    if (file == NULL && text == NULL)
        return AWS_OK;
    if (file != NULL && credentials_ask_read_file(file, &token) != 0) {
        cause = error_set(error, AWS_SETTING, NULL,
            "cannot read the file that AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names: %s",
            strerror(errno));
        goto done;
    }
    if (file != NULL)
        text = token.data;
    for (const char *at = text; *at != '\0'; at++)
        if (*at < ' ' || *at > '~') {
            cause = error_set(error, AWS_SETTING, NULL,
                "the container's authorization token is not valid in a header");
            goto done;
        }
    if (buf_reserve(header, strlen(text) + 32) == NULL ||
        buf_printf(header, "Authorization: %s", text) != 0 || buf_cstr(header) == NULL)
        cause = error_no_memory(error);
done:
    buf_wipe(&token);
    return cause;
}

enum aws_cause credentials_container_fetch(struct credentials *credentials,
    const struct credentials_request *request, struct aws_error *error)
{
    char url[URL_MAXIMUM];
    struct buf header;
    *credentials = (struct credentials){ 0 };
    buf_init(&header, CREDENTIALS_ASK_MAXIMUM + 64);
    enum aws_cause cause = find_url(url, error);
    if (cause != AWS_OK || *url == '\0')
        return cause;
    cause = authorize(&header, error);
    if (cause != AWS_OK)
        goto done;
    const char *headers[] = { "Accept: application/json", header.length > 0 ? header.data : NULL,
        NULL };
    struct credentials_ask ask = {
        .http = { .method = HTTP_GET,
            .url = url,
            .headers = headers,
            .connect_ms = CONNECT_MS,
            .total_ms = TOTAL_MS,
            .direct = true },
        .tries = TRIES,
        .who = "the container's credentials endpoint",
    };
    cause = credentials_ask_run(&ask, request, error);
    bool refused = ask.http.status == 401 || ask.http.status == 403;
    if (cause == AWS_OK)
        cause = credentials_document_answer(credentials, &ask,
            refused ? "check the authorization token, and that the role is assigned" : NULL, error);
    credentials_ask_free(&ask);
done:
    buf_wipe(&header);
    return cause;
}
