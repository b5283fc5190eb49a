#include "mask/method.h"

#include <string.h>

#include "mask/method_ff1.h"
#include "mask/method_hmac.h"
#include "mask/method_ipcrypt.h"
#include "mask/method_partial.h"
#include "mask/method_redact.h"
#include "mask/method_sha256.h"
#include "mask/method_siv.h"
#include "mask/method_truncate.h"

static const struct method method_drop = { .name = "drop", .action = METHOD_DROP };
static const struct method method_keep = { .name = "keep", .action = METHOD_KEEP };

static const struct method *const methods[] = {
    &method_siv,
    &method_hmac,
    &method_ipcrypt,
    &method_ipcrypt_pfx,
    &method_ff1,
    &method_truncate,
    &method_partial,
    &method_redact,
    &method_sha256,
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
    static char names[160];
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

bool method_is_refusal(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        const char *refuses = methods[i]->refuses;
        if (refuses != NULL && strlen(refuses) == length && memcmp(refuses, text, length) == 0)
            return true;
    }
    return false;
}

/* ---- options --------------------------------------------------------------------------------- */

void method_usual(const struct method *method, unsigned options[METHOD_MAX_OPTIONS])
{
    memset(options, 0, METHOD_MAX_OPTIONS * sizeof *options);
    for (size_t i = 0; i < method->option_count; i++)
        options[i] = method->options[i].usual;
}

static bool is_word(const char *word, const char *text, size_t length)
{
    return strlen(word) == length && memcmp(word, text, length) == 0;
}

/* A number in its one spelling. */
static bool read_number(const char *text, size_t length, unsigned *value)
{
    *value = 0;
    if (length == 0 || length > 4 || (length > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *value = *value * 10 + (unsigned)(text[i] - '0');
    }
    return true;
}

static bool read_value(const struct method_option *option, const char *text, size_t length,
    unsigned *value)
{
    if (option->words == NULL)
        return read_number(text, length, value) && *value >= option->least &&
            *value <= option->most;
    for (*value = 0; option->words[*value] != NULL; ++*value)
        if (is_word(option->words[*value], text, length))
            return true;
    return false;
}

enum method_option_result method_set(const struct method *method, const char *text, size_t length,
    unsigned options[METHOD_MAX_OPTIONS], size_t *number)
{
    const char *equals = memchr(text, '=', length);
    size_t name = equals != NULL ? (size_t)(equals - text) : length;
    for (size_t i = 0; i < method->option_count; i++) {
        if (equals == NULL || !is_word(method->options[i].name, text, name))
            continue;
        unsigned value;
        *number = i;
        if (!read_value(&method->options[i], equals + 1, length - name - 1, &value))
            return METHOD_OPTION_VALUE;
        options[i] = value;
        return METHOD_OPTION_OK;
    }
    return METHOD_OPTION_UNKNOWN;
}

void method_print(const struct method *method, const unsigned options[METHOD_MAX_OPTIONS],
    struct buf *out)
{
    for (size_t i = 0; i < method->option_count; i++) {
        const struct method_option *option = &method->options[i];
        if (option->words != NULL)
            buf_printf(out, " %s=%s", option->name, option->words[options[i]]);
        else
            buf_printf(out, " %s=%u", option->name, options[i]);
    }
}
