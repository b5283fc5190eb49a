#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/backoff.h"
#include "credentials/ask.h"

enum { FIRST_PAUSE_MS = 200, LONGEST_PAUSE_MS = 1000 };

static void on_data(void *context, const char *data, size_t length)
{
    struct credentials_ask *ask = context;
    (void)buf_append(&ask->answer, data, length); /* within the maximum, due to http.maximum */
}

enum attempt { ATTEMPT_ENDED, ATTEMPT_STOPPED, ATTEMPT_NO_MEMORY };

/* Run one attempt to its end, or until ${stop_fd} is readable. */
static enum attempt attempt(struct http *http, struct credentials_ask *ask, int stop_fd)
{
    buf_clear(&ask->answer);
    if (http_start(http, &ask->http) != 0)
        return ATTEMPT_NO_MEMORY;
    for (;;) {
        struct pollfd stop = { .fd = stop_fd, .events = POLLIN };
        if (http_wait(http, &stop, 1, -1) != 0 || (stop.revents != 0)) {
            http_cancel(http, &ask->http);
            return stop.revents != 0 ? ATTEMPT_STOPPED : ATTEMPT_NO_MEMORY;
        }
        if (http_next(http) != NULL)
            return ATTEMPT_ENDED;
    }
}

static bool worth_repeating(const struct http_request *http)
{
    switch (http->outcome) {
    case HTTP_OK:
        return http->status >= 500 || http->status == 429;
    case HTTP_RESOLVE:
    case HTTP_CONNECT:
    case HTTP_TIMEOUT:
    case HTTP_BROKEN:
    case HTTP_TLS:
    case HTTP_DESCRIPTORS:
        return true;
    case HTTP_UNTRUSTED:
    case HTTP_CA_BUNDLE:
    case HTTP_TOO_BIG:
    case HTTP_NO_MEMORY:
        break;
    }
    return false;
}

static enum aws_cause judge(const struct credentials_ask *ask, struct aws_error *error)
{
    const struct http_request *http = &ask->http;
    if (http->outcome == HTTP_OK && !worth_repeating(http))
        return AWS_OK;
    if (http->outcome == HTTP_OK)
        return error_set(error, AWS_TEMPORARY, NULL, "%s answers with status %u", ask->who,
            http->status);
    if (http->outcome == HTTP_NO_MEMORY)
        return error_no_memory(error);
    return error_set(error, worth_repeating(http) ? AWS_TEMPORARY : AWS_SETTING,
        http->outcome == HTTP_UNTRUSTED ? "set AWS_CA_BUNDLE to a file of trusted certificates"
            : http->outcome == HTTP_DESCRIPTORS ? ERROR_DESCRIPTORS_HINT
                                                : NULL,
        "cannot get credentials from %s: %s", ask->who, http_outcome_text(http->outcome));
}

enum aws_cause credentials_ask_run(struct credentials_ask *ask,
    const struct credentials_request *request, struct aws_error *error)
{
    const struct http_config config = {
        .parallel = 1,
        .ca_bundle = request->ca_bundle,
        .agent = "sqs2pg/" SQS2PG_VERSION,
    };
    struct backoff pauses;
    enum aws_cause cause = AWS_OK;
    backoff_init(&pauses, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    buf_init(&ask->answer, CREDENTIALS_ASK_MAXIMUM);
    /* Reserve the maximum: growing would leave copies of secrets in memory. */
    if (buf_reserve(&ask->answer, CREDENTIALS_ASK_MAXIMUM) == NULL)
        return error_no_memory(error);
    struct http *http = http_open(&config);
    if (http == NULL)
        return error_no_http(error, errno);
    ask->http.sink = on_data;
    ask->http.context = ask;
    ask->http.maximum = CREDENTIALS_ASK_MAXIMUM;
    ask->http.silence_s = (ask->http.total_ms + 999) / 1000;
    for (unsigned try = 1;; try++) {
        switch (attempt(http, ask, request->stop_fd)) {
        case ATTEMPT_ENDED:
            cause = judge(ask, error);
            break;
        case ATTEMPT_STOPPED:
            cause = error_set(error, AWS_STOPPED, NULL, "stopped");
            break;
        case ATTEMPT_NO_MEMORY:
            cause = error_no_memory(error);
            break;
        }
        if (cause != AWS_TEMPORARY || try >= ask->tries)
            break;
        struct pollfd stop = { .fd = request->stop_fd, .events = POLLIN };
        (void)poll(&stop, 1, (int)backoff_next(&pauses)); /* the next attempt checks it too */
    }
    http_close(http);
    return cause;
}

int credentials_ask_read_file(const char *name, struct buf *out)
{
    size_t length = 0;
    buf_init(out, CREDENTIALS_ASK_MAXIMUM + 1);
    char *room = buf_reserve(out, CREDENTIALS_ASK_MAXIMUM + 1);
    int fd = room != NULL ? open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
    if (fd == -1)
        return -1;
    while (length <= CREDENTIALS_ASK_MAXIMUM) {
        ssize_t got = read(fd, room + length, CREDENTIALS_ASK_MAXIMUM + 1 - length);
        if (got == -1 && errno == EINTR)
            continue;
        if (got == -1) {
            int saved = errno;
            close(fd);
            errno = saved;
            return -1;
        }
        if (got == 0)
            break;
        length += (size_t)got;
    }
    close(fd);
    out->length = length;
    if (length > CREDENTIALS_ASK_MAXIMUM) {
        errno = EFBIG;
        return -1;
    }
    while (out->length > 0 && memchr(" \t\r\n", room[out->length - 1], 4) != NULL)
        out->length--;
    if (out->length == 0 || memchr(room, '\0', out->length) != NULL) {
        errno = EINVAL;
        return -1;
    }
    return buf_cstr(out) != NULL ? 0 : -1;
}

void credentials_ask_free(struct credentials_ask *ask)
{
    buf_wipe(&ask->answer);
}
