/*
 * Read any text as a URL, a queue URL or name, or a host. Its parts join to the same text again,
 * and hold nothing that could lead to another place. Two texts that mean one queue have the same
 * name.
 */
#include <stdio.h>

#include "fuzz.h"
#include "http/url.h"
#include "sqs/queue.h"

static void check_plain(const char *text)
{
    for (; *text != '\0'; text++)
        fuzz_require(*text > ' ' && *text <= '~' && strchr("\\\"<>^`{|}?#", *text) == NULL);
}

static void check_url(const char *text)
{
    struct url url, again;
    char *joined = NULL;
    enum url_result result = url_parse(text, &url);
    fuzz_require(result != URL_NO_MEMORY);
    if (result != URL_OK) {
        fuzz_require(
            url.origin == NULL && url.host == NULL && url.name == NULL && url.path == NULL);
        return;
    }
    check_plain(url.origin);
    check_plain(url.path);
    fuzz_require(strchr(url.origin, '@') == NULL && *url.name != '\0');
    for (const char *at = url.origin; *at != '\0'; at++)
        fuzz_require(*at < 'A' || *at > 'Z');
    fuzz_require(strncmp(url.origin, "http://", 7) == 0 || strncmp(url.origin, "https://", 8) == 0);
    fuzz_require(strcmp(strstr(url.origin, "://") + 3, url.host) == 0 &&
        strchr(url.host, '/') == NULL && strncmp(url.host, url.name, strlen(url.name)) == 0);
    fuzz_require(*url.path == '\0' || *url.path == '/');
    fuzz_require(asprintf(&joined, "%s%s", url.origin, url.path) > 0);
    fuzz_require(url_parse(joined, &again) == URL_OK);
    fuzz_require(strcmp(again.origin, url.origin) == 0 && strcmp(again.path, url.path) == 0 &&
        strcmp(again.name, url.name) == 0);
    free(joined);
    url_free(&again);
    url_free(&url);
}

static void check_host(const char *host)
{
    char region[QUEUE_PART_SIZE] = "?";
    if (!queue_region_of_host(host, region)) {
        fuzz_require(region[0] == '\0' || strcmp(region, "?") == 0);
        return;
    }
    size_t length = strnlen(region, sizeof region);
    fuzz_require(length > 0 && length < sizeof region && strchr(region, '.') == NULL);
    fuzz_require(strcmp(host, "queue.amazonaws.com") == 0 || strstr(host, region) != NULL);
}

static void check_queue(const char *one, size_t one_length, const char *two, size_t two_length)
{
    struct queue_identity a, b, longer;
    char url[4200];
    int is_one = queue_identify(one, one_length, &a) == 0;
    int is_two = queue_identify(two, two_length, &b) == 0;
    if (!is_one)
        return;
    fuzz_require(queue_is_name(a.name) && strchr(a.account, '/') == NULL);
    fuzz_require(memmem(one, one_length, a.name, strlen(a.name)) != NULL);
    fuzz_require(queue_same(&a, &a));
    if (is_two) {
        fuzz_require(queue_same(&a, &b) == queue_same(&b, &a));
        fuzz_require(!queue_same(&a, &b) || strcmp(a.name, b.name) == 0);
    }
    /* One more name is another queue, or none. */
    (void)snprintf(url, sizeof url, "%.*s/x", (int)one_length, one);
    fuzz_require(queue_identify(url, strlen(url), &longer) != 0 || !queue_same(&longer, &a) ||
        strcmp(a.name, "x") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes bytes = { data, size };
    size_t one_length, two_length;
    if (size > 4000)
        return 0;
    const char *one = fuzz_part(&bytes, &one_length);
    const char *two = fuzz_part(&bytes, &two_length);
    check_queue(one, one_length, two, two_length);
    char *text = strndup(one, one_length);
    fuzz_require(text != NULL);
    check_url(text);
    check_host(text);
    fuzz_require(!queue_is_name(text) ||
        (strlen(text) <= 80 && (strchr(text, '.') == NULL || queue_is_fifo(text))));
    free(text);
    return 0;
}
