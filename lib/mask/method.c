#include "mask/method.h"

#include <string.h>

static const char *const alphabets[] = { "digits", "alnum36", "alnum62", NULL };

#define NO_ADDRESS "the value is not an IP address"

static const struct method methods[] = {
    { .name = "siv", .id = METHOD_SIV, .keyed = true, .reversible = true },
    { .name = "hmac", .id = METHOD_HMAC, .keyed = true },
    { .name = "ipcrypt",
        .id = METHOD_IPCRYPT,
        .keyed = true,
        .reversible = true,
        .needs_key_id = true,
        .refuses = NO_ADDRESS },
    { .name = "ipcrypt-pfx",
        .id = METHOD_IPCRYPT_PFX,
        .keyed = true,
        .reversible = true,
        .needs_key_id = true,
        .refuses = NO_ADDRESS },
    { .name = "ff1",
        .id = METHOD_FF1,
        .keyed = true,
        .reversible = true,
        .needs_key_id = true,
        .refuses = "ff1 cannot take the value: a letter or digit outside the alphabet, or too "
                   "short, or too long",
        .option_count = 1,
        .options = { { .name = "alphabet", .words = alphabets } } },
    { .name = "truncate",
        .id = METHOD_TRUNCATE,
        .refuses = NO_ADDRESS,
        .option_count = 2,
        /* The whole width would be the address itself. */
        .options = { { .name = "v4", .least = 0, .most = 31, .usual = 24 },
            { .name = "v6", .least = 0, .most = 127, .usual = 48 } } },
    { .name = "partial",
        .id = METHOD_PARTIAL,
        .option_count = 1,
        .options = { { .name = "keep", .least = 0, .most = 64, .usual = 4 } } },
    { .name = "redact", .id = METHOD_REDACT },
    { .name = "sha256",
        .id = METHOD_SHA256,
        .warning = "sha256 has no key: whoever has the hashes finds every IPv4 address behind them "
                   "by trying all, in minutes" },
    { .name = "drop", .id = METHOD_DROPPED, .action = METHOD_DROP },
    { .name = "keep", .id = METHOD_KEPT, .action = METHOD_KEEP },
};

const struct method *method_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strlen(methods[i].name) == length && memcmp(methods[i].name, name, length) == 0)
            return &methods[i];
    return NULL;
}

const char *method_names(void)
{
    static char names[160];
    if (names[0] == '\0')
        for (size_t i = 0, at = 0; i < sizeof methods / sizeof *methods; i++) {
            size_t length = strlen(methods[i].name);
            if (at + length + 3 > sizeof names)
                break;
            if (i > 0) {
                memcpy(names + at, ", ", 2);
                at += 2;
            }
            memcpy(names + at, methods[i].name, length + 1);
            at += length;
        }
    return names;
}

bool method_is_refusal(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        const char *refuses = methods[i].refuses;
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
