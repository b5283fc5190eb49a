#include "mask/method.h"

#include <string.h>

#include "mask/method_hmac.h"
#include "mask/method_redact.h"
#include "mask/method_siv.h"

static const struct method method_drop = { .name = "drop", .action = METHOD_DROP };
static const struct method method_keep = { .name = "keep", .action = METHOD_KEEP };

static const struct method *const methods[] = {
    &method_siv,
    &method_hmac,
    &method_redact,
    &method_drop,
    &method_keep,
};

const struct method *method_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strlen(methods[i]->name) == length && memcmp(methods[i]->name, name, length) == 0)
            return methods[i];
    return NULL;
}

const char *method_names(void)
{
    static char names[128];
    if (names[0] == '\0')
        for (size_t i = 0, at = 0; i < sizeof methods / sizeof *methods; i++) {
            size_t length = strlen(methods[i]->name);
            if (at + length + 3 > sizeof names)
                break;
            if (i > 0) {
                memcpy(names + at, ", ", 2);
                at += 2;
            }
            memcpy(names + at, methods[i]->name, length + 1);
            at += length;
        }
    return names;
}
