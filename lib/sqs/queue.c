#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "aws/partition.h"
#include "http/url.h"
#include "sqs/queue.h"

enum { NAME_MAX_LENGTH = 80 };

_Static_assert(QUEUE_PART_SIZE == (int)PARTITION_REGION_SIZE, "either holds a region");

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

bool queue_is_name(const char *text)
{
    size_t length = strlen(text), plain = strspn(text, letters);
    return plain > 0 && length <= NAME_MAX_LENGTH &&
        (plain == length || strcmp(text + plain, ".fifo") == 0);
}

bool queue_is_fifo(const char *name)
{
    static const char ending[] = ".fifo";
    size_t length = strlen(name);
    return length >= sizeof ending && strcmp(name + length - (sizeof ending - 1), ending) == 0;
}

/* Copy text[0, length) as a string. Return false when it does not fit. */
static bool copy(char out[QUEUE_PART_SIZE], const char *text, size_t length)
{
    if (length >= QUEUE_PART_SIZE)
        return false;
    memcpy(out, text, length);
    out[length] = '\0';
    return true;
}

bool queue_region_of_host(const char *host, char region[QUEUE_PART_SIZE])
{
    bool own;
    return partition_region_of_host(host, region, &own);
}

/* Name and account are the last two parts of the path; a path of one part has no account. */
static int identify(const struct url *url, struct queue_identity *identity)
{
    const char *slash = strrchr(url->path, '/');
    if (slash == NULL || !queue_is_name(slash + 1))
        return -1;
    (void)copy(identity->name, slash + 1, strlen(slash + 1));
    const char *account = slash;
    while (account > url->path && account[-1] != '/')
        account--;
    if (!copy(identity->account, account, (size_t)(slash - account)))
        return -1;
    (void)queue_region_of_host(url->name, identity->region);
    return 0;
}

int queue_identify(const char *text, size_t length, struct queue_identity *identity)
{
    char copied[1024];
    struct url url;
    *identity = (struct queue_identity){ .name = "" };
    errno = EINVAL;
    if (length >= sizeof copied || memchr(text, '\0', length) != NULL)
        return -1;
    memcpy(copied, text, length);
    copied[length] = '\0';
    enum url_result parsed = url_parse(copied, &url);
    int result = parsed == URL_OK ? identify(&url, identity) : -1;
    url_free(&url);
    errno = parsed == URL_NO_MEMORY ? ENOMEM : EINVAL;
    return result;
}

bool queue_same(const struct queue_identity *a, const struct queue_identity *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->account, b->account) == 0 &&
        (a->region[0] == '\0' || b->region[0] == '\0' || strcmp(a->region, b->region) == 0);
}
