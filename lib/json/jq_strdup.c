#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "json/jq_strdup.h"

_Thread_local void (*json_jq_strdup_failed)(void *context);

char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy != NULL)
        return memcpy(copy, text, size);
    if (json_jq_strdup_failed != NULL)
        json_jq_strdup_failed(NULL);
    return NULL;
}
