#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http.h"

/* What a request may need in parallel: a socket, a file, and a pair for the resolver thread. */
enum { NEEDED_DESCRIPTORS = 4 };
enum { CONNECT_TIMEOUT_MS = 10000, LONGEST_BODY_S = 300, KEEPALIVE_S = 30 };

struct transfer {
    CURL *easy;
    struct curl_slist *headers;
    struct http_request *request; /* NULL when free */
    bool too_big;
    bool paused;      /* a piece is held back from the sink */
    int socket_error; /* errno; 0 when sockets are available */
};

struct http {
    CURLM *multi;
    struct transfer *transfers;
    unsigned count;
    unsigned busy;
    struct http_request *done; /* a queue, oldest first */
    struct http_request **done_end;
};

static size_t on_data(char *data, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    struct http_request *request = transfer->request;
    size_t length = size * count;
    if (request->held != NULL && request->held(request->context)) {
        transfer->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    request->received += length;
    if (request->received > request->maximum) {
        transfer->too_big = true;
        return length == 0 ? 1 : 0; /* another value than the length ends the transfer */
    }
    request->sink(request->context, data, length);
    return length;
}

static bool is_lack(int error)
{
    return error == EMFILE || error == ENFILE;
}

/* Open a socket as curl would, but record the reason of a failure: curl reports none, and its words
 * differ. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *transfer = context;
    (void)purpose;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd == -1)
        transfer->socket_error = errno;
    return fd == -1 ? CURL_SOCKET_BAD : fd;
}

/*
 * Return EMFILE or ENFILE when a lack of descriptors may have caused a failure, else 0. Each
 * version of curl reports it in another way: as a name without address, an unusable file, or out of
 * memory. The descriptors of the request are closed now, so test whether enough are free for one.
 */
static int lack_of_descriptors(void)
{
    int fds[NEEDED_DESCRIPTORS], count = 0, error = 0;
    while (count < NEEDED_DESCRIPTORS && error == 0) {
        fds[count] = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (fds[count] == -1)
            error = errno;
        else
            count++;
    }
    while (count > 0)
        close(fds[--count]);
    return is_lack(error) ? error : 0;
}

/* Set the options that are the same for every request. */
static CURLcode prepare(CURL *easy, const struct http_config *config)
{
    CURLcode code = CURLE_OK;
#define SET(option, value) \
    if (code == CURLE_OK)  \
    code = curl_easy_setopt(easy, (option), (value))
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_S);
    SET(CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_S / 3);
    SET(CURLOPT_UPLOAD_BUFFERSIZE, 16L << 10); /* the smallest; each open request has one */
    SET(CURLOPT_USERAGENT, config->agent);
    SET(CURLOPT_WRITEFUNCTION, on_data);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    if (config->ca_bundle != NULL) {
        SET(CURLOPT_CAINFO, config->ca_bundle);
    }
#undef SET
    return code;
}

/* Headers hold session tokens. */
static void free_headers(struct curl_slist *list)
{
    for (struct curl_slist *entry = list; entry != NULL; entry = entry->next)
        explicit_bzero(entry->data, strlen(entry->data));
    curl_slist_free_all(list);
}

struct http *http_open(const struct http_config *config)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        goto err0;
    struct http *http = calloc(1, sizeof *http);
    if (http == NULL)
        goto err1;
    http->done_end = &http->done;
    http->multi = curl_multi_init();
    http->transfers = calloc(config->parallel, sizeof *http->transfers);
    if (http->multi == NULL || http->transfers == NULL)
        goto err2;
    /* Keep as many idle connections as may be in use, so that none is closed and opened again. */
    if (curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)config->parallel) != CURLM_OK)
        goto err2;
    for (; http->count < config->parallel; http->count++) {
        struct transfer *transfer = &http->transfers[http->count];
        transfer->easy = curl_easy_init();
        if (transfer->easy == NULL || prepare(transfer->easy, config) != CURLE_OK) {
            curl_easy_cleanup(transfer->easy);
            goto err2;
        }
    }
    return http;

err2:
    http_close(http);
    goto err0;
err1:
    curl_global_cleanup();
err0:
    errno = lack_of_descriptors();
    errno = errno != 0 ? errno : ENOMEM;
    return NULL;
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    for (unsigned i = 0; i < http->count; i++) {
        struct transfer *transfer = &http->transfers[i];
        if (transfer->request != NULL)
            curl_multi_remove_handle(http->multi, transfer->easy);
        curl_easy_cleanup(transfer->easy);
        free_headers(transfer->headers);
    }
    free(http->transfers);
    curl_multi_cleanup(http->multi);
    free(http);
    curl_global_cleanup();
}

bool http_has_room(const struct http *http)
{
    return http->busy < http->count;
}

static struct transfer *unused(struct http *http)
{
    for (unsigned i = 0; i < http->count; i++)
        if (http->transfers[i].request == NULL)
            return &http->transfers[i];
    return NULL;
}

static struct curl_slist *header_list(const char *const *headers)
{
    /* Otherwise a body over 1 MiB would be announced and wait for the consent of the server. */
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (; list != NULL && *headers != NULL; headers++) {
        struct curl_slist *longer = curl_slist_append(list, *headers);
        if (longer == NULL)
            free_headers(list);
        list = longer;
    }
    return list;
}

static CURLcode apply(struct transfer *transfer, const struct http_request *request)
{
    CURL *easy = transfer->easy;
    CURLcode code = CURLE_OK;
    unsigned connect_ms = request->connect_ms != 0 ? request->connect_ms : CONNECT_TIMEOUT_MS;
    long total_ms = (long)request->total_ms;
    if (total_ms == 0 && request->silence_s != 0)
        total_ms = ((long)request->silence_s + LONGEST_BODY_S) * 1000;
#define SET(option, value) \
    if (code == CURLE_OK)  \
    code = curl_easy_setopt(easy, (option), (value))
    SET(CURLOPT_URL, request->url);
    SET(CURLOPT_HTTPHEADER, transfer->headers);
    if (request->method == HTTP_POST) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        SET(CURLOPT_POSTFIELDS, request->body);
        SET(CURLOPT_POST, 1L);
    } else {
        SET(CURLOPT_HTTPGET, 1L);
    }
    /* Send it as a GET with another name: the only PUT has no body. */
    SET(CURLOPT_CUSTOMREQUEST, request->method == HTTP_PUT ? "PUT" : NULL);
    SET(CURLOPT_NOPROXY, request->direct ? "*" : NULL);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_OPENSOCKETDATA, transfer);
    SET(CURLOPT_PRIVATE, transfer);
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, (long)request->silence_s);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    SET(CURLOPT_TIMEOUT_MS, total_ms);
#undef SET
    return code;
}

int http_start(struct http *http, struct http_request *request)
{
    struct transfer *transfer = unused(http);
    if (transfer == NULL)
        return -1;
    transfer->headers = header_list(request->headers);
    if (transfer->headers == NULL)
        return -1;
    transfer->too_big = transfer->paused = false;
    transfer->socket_error = 0;
    transfer->request = request;
    request->outcome = HTTP_OK;
    request->status = 0;
    request->received = 0;
    request->date_ms = 0;
    request->system_error = 0;
    request->error_name[0] = '\0';
    request->next = NULL;
    request->transfer = transfer;
    if (apply(transfer, request) != CURLE_OK ||
        curl_multi_add_handle(http->multi, transfer->easy) != CURLM_OK) {
        free_headers(transfer->headers);
        transfer->headers = NULL;
        transfer->request = NULL;
        return -1;
    }
    http->busy++;
    return 0;
}

static enum http_outcome outcome_of(CURLcode code, bool too_big)
{
    switch (code) {
    case CURLE_OK:
        return HTTP_OK;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return HTTP_RESOLVE;
    case CURLE_COULDNT_CONNECT:
        return HTTP_CONNECT;
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
        return HTTP_TLS;
    case CURLE_PEER_FAILED_VERIFICATION:
        return HTTP_UNTRUSTED;
    case CURLE_SSL_CACERT_BADFILE:
        return HTTP_CA_BUNDLE;
    case CURLE_OUT_OF_MEMORY:
        return HTTP_NO_MEMORY;
    case CURLE_WRITE_ERROR:
        return too_big ? HTTP_TOO_BIG : HTTP_BROKEN;
    default:
        return HTTP_BROKEN;
    }
}

static int64_t date_of(CURL *easy)
{
    struct curl_header *header;
    if (curl_easy_header(easy, "Date", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return 0;
    time_t seconds = curl_getdate(header->value, NULL);
    return seconds > 0 ? (int64_t)seconds * 1000 : 0;
}

static void take_error_name(CURL *easy, struct http_request *request)
{
    static const char *const names[] = { "x-amzn-query-error", "x-amzn-errortype" };
    struct curl_header *header;
    for (size_t i = 0; i < sizeof names / sizeof *names && request->error_name[0] == '\0'; i++)
        if (curl_easy_header(easy, names[i], 0, CURLH_HEADER, -1, &header) == CURLHE_OK &&
            strlen(header->value) < sizeof request->error_name)
            memcpy(request->error_name, header->value, strlen(header->value) + 1);
}

static void take_wanted(CURL *easy, struct http_request *request)
{
    struct curl_header *header;
    for (size_t i = 0; i < request->wanted_count; i++) {
        struct http_wanted *wanted = &request->wanted[i];
        wanted->value[0] = '\0';
        if (curl_easy_header(easy, wanted->name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK &&
            strlen(header->value) < sizeof wanted->value)
            memcpy(wanted->value, header->value, strlen(header->value) + 1);
    }
}

/* Detach the transfer from its request; it is free for the next. */
static void release(struct http *http, struct transfer *transfer)
{
    curl_multi_remove_handle(http->multi, transfer->easy);
    /* Remove pointers to freed memory and to that of the caller. */
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, NULL);
    free_headers(transfer->headers);
    transfer->headers = NULL;
    transfer->request->transfer = NULL;
    transfer->request = NULL;
    http->busy--;
}

/* libcurl 8.14 forgets to free the name of a failed lookup when the handle is used again. */
static void renew(struct transfer *transfer)
{
    CURL *fresh = curl_easy_duphandle(transfer->easy);
    if (fresh == NULL)
        return;
    curl_easy_cleanup(transfer->easy);
    transfer->easy = fresh;
}

static void finish(struct http *http, struct transfer *transfer, CURLcode code)
{
    struct http_request *request = transfer->request;
    long status = 0, system_error = 0, request_size = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &request_size);
    request->sent = request_size > 0;
    request->outcome = outcome_of(code, transfer->too_big);
    request->status = status > 0 && status < 1000 ? (unsigned)status : 0;
    if (request->outcome == HTTP_CONNECT || request->outcome == HTTP_BROKEN) {
        curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &system_error);
        request->system_error = (int)system_error;
    }
    if (is_lack(transfer->socket_error))
        request->system_error = transfer->socket_error;
    else if (code != CURLE_OK && status == 0 && request->system_error == 0)
        request->system_error = lack_of_descriptors();
    if (is_lack(request->system_error))
        request->outcome = HTTP_DESCRIPTORS;
    if (request->status != 200) {
        request->date_ms = date_of(transfer->easy);
        take_error_name(transfer->easy, request);
    }
    take_wanted(transfer->easy, request);
    release(http, transfer);
    if (outcome_of(code, false) == HTTP_RESOLVE)
        renew(transfer);
    *http->done_end = request;
    http->done_end = &request->next;
}

static void collect(struct http *http)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        struct transfer *transfer = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        finish(http, transfer, code);
    }
}

static int multi_failed(CURLMcode code)
{
    errno = code == CURLM_OUT_OF_MEMORY ? ENOMEM : EIO;
    return -1;
}

static int work(struct http *http)
{
    int running;
    CURLMcode code = curl_multi_perform(http->multi, &running);
    if (code != CURLM_OK)
        return multi_failed(code);
    collect(http);
    return 0;
}

/* Resume the transfers that are no longer held. */
static void resume(struct http *http)
{
    for (unsigned i = 0; i < http->count; i++) {
        struct transfer *transfer = &http->transfers[i];
        if (transfer->request == NULL || !transfer->paused ||
            transfer->request->held(transfer->request->context))
            continue;
        transfer->paused = false;
        /* A failure here ends the transfer, which is reported like any other. */
        (void)curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
    }
}

int http_wait(struct http *http, struct pollfd *fds, size_t count, int timeout_ms)
{
    struct curl_waitfd watched[HTTP_FDS];
    unsigned used = 0;
    for (size_t i = 0; i < count && used < HTTP_FDS; i++) {
        fds[i].revents = 0;
        if (fds[i].fd < 0)
            continue;
        watched[used] = (struct curl_waitfd){ .fd = fds[i].fd };
        if (fds[i].events & POLLIN)
            watched[used].events |= CURL_WAIT_POLLIN;
        if (fds[i].events & POLLOUT)
            watched[used].events |= CURL_WAIT_POLLOUT;
        used++;
    }
    resume(http);
    if (work(http) != 0)
        return -1;
    /* curl needs a finite timeout */
    int timeout = http->done != NULL ? 0 : timeout_ms < 0 ? 3600 * 1000 : timeout_ms;
    CURLMcode code = curl_multi_poll(http->multi, watched, used, timeout, NULL);
    if (code != CURLM_OK)
        return multi_failed(code);
    if (work(http) != 0)
        return -1;
    /* curl hides POLLERR and POLLHUP of the caller's descriptors. */
    if (used > 0 && poll(fds, (nfds_t)count, 0) == -1 && errno != EINTR)
        return -1;
    return 0;
}

void http_cancel(struct http *http, struct http_request *request)
{
    if (request->transfer != NULL) {
        release(http, request->transfer);
        return;
    }
    for (struct http_request **link = &http->done; *link != NULL; link = &(*link)->next) {
        if (*link != request)
            continue;
        *link = request->next;
        if (*link == NULL)
            http->done_end = link;
        return;
    }
}

struct http_request *http_next(struct http *http)
{
    struct http_request *request = http->done;
    if (request == NULL)
        return NULL;
    http->done = request->next;
    if (http->done == NULL)
        http->done_end = &http->done;
    request->next = NULL;
    return request;
}
