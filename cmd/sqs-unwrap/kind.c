#include <string.h>

#include "kind.h"

static const char *const names[KIND_COUNT] = {
    [KIND_SNS] = "sns",
    [KIND_EVENTBRIDGE] = "eventbridge",
    [KIND_CLOUDEVENTS] = "cloudevents",
    [KIND_S3] = "s3",
    [KIND_JSON] = "json",
    [KIND_BASE64] = "base64",
    [KIND_GZIP] = "gzip",
    [KIND_ZLIB] = "zlib",
};

const char *kind_name(enum kind kind)
{
    return names[kind];
}

enum kind kind_find(const char *name, size_t length)
{
    enum kind kind = KIND_SNS;
    while (kind < KIND_COUNT &&
        (strlen(names[kind]) != length || memcmp(names[kind], name, length) != 0))
        kind++;
    return kind;
}
