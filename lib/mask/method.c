#include <string.h>

#include "mask/mail.h"
#include "mask/method.h"

static const char *const canonicals[] = { "ip", "lower", "trim", NULL };
static const char *const alphabets[] = { "digits", "hex", "alnum36", "alnum62", NULL };
static const char *const units[] = { "day", "month", "year", NULL };

#define NO_ADDRESS "the value is not an IP address"

/* clang-format off */
#define CANONICAL { .name = "canonical", .words = canonicals, .usual = METHOD_UNSET }
/* clang-format on */

static const struct method methods[] = {
    { .name = "siv",
        .id = METHOD_SIV,
        .keyed = true,
        .reversible = true,
        .refuses = NO_ADDRESS, /* with canonical=ip */
        .option_count = 2,
        .options = { [METHOD_CANONICAL] = CANONICAL,
            [METHOD_PAD] = { .name = "pad",
                .least = 2,
                .most = 4096,
                .alone = METHOD_PAD_DEFAULT,
                .usual = METHOD_UNSET } } },
    { .name = "hmac",
        .id = METHOD_HMAC,
        .keyed = true,
        .refuses = NO_ADDRESS,
        .option_count = 1,
        .options = { [METHOD_CANONICAL] = CANONICAL } },
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
        .option_count = 2,
        .options = { [METHOD_ALPHABET] = { .name = "alphabet",
                         .words = alphabets,
                         .usual = METHOD_DIGITS },
            [METHOD_KEPT_NUMERALS] = { .name = "keep",
                .least = 1,
                .most = 100,
                .usual = METHOD_UNSET } } },
    { .name = "uuid",
        .id = METHOD_UUID,
        .keyed = true,
        .reversible = true,
        .needs_key_id = true,
        .refuses = "the value is not a UUID" },
    { .name = "email",
        .id = METHOD_EMAIL,
        .keyed = true,
        .refuses = "the value is not a plain mail address",
        .option_count = 1,
        .options = { { .name = "domains", .text = METHOD_TEXT_DOMAINS, .usual = METHOD_UNSET } } },
    { .name = "truncate",
        .id = METHOD_TRUNCATE,
        .refuses = NO_ADDRESS,
        .option_count = 2,
        /* The whole width would keep the address itself. */
        .options = { [METHOD_V4] = { .name = "v4", .least = 0, .most = 31, .usual = 24 },
            [METHOD_V6] = { .name = "v6", .least = 0, .most = 127, .usual = 48 } } },
    { .name = "round",
        .id = METHOD_ROUND,
        .refuses = "round cannot take the value: not of the kind that its unit is of",
        .option_count = 1,
        .options = { { .name = "unit",
            .words = units,
            .least = 1,
            .most = 999999999,
            .needed = true } } },
    { .name = "shift",
        .id = METHOD_SHIFT,
        .keyed = true,
        .reversible = true,
        .needs_key_id = true,
        .needs_record = true,
        .refuses = "shift cannot take the value: no date of the years 1 to 9999 after it, or "
                   "nothing to go by",
        .option_count = 2,
        .options = { [METHOD_DAYS] = { .name = "days", .least = 1, .most = 99999, .needed = true },
            [METHOD_BY] = { .name = "by", .text = METHOD_TEXT_PATH, .needed = true } } },
    { .name = "partial",
        .id = METHOD_PARTIAL,
        .option_count = 1,
        .options = { { .name = "keep", .least = 0, .most = 64, .usual = 4 } } },
    { .name = "redact", .id = METHOD_REDACT },
    { .name = "sha256",
        .id = METHOD_SHA256,
        .warning = "sha256 has no key: a holder of the hashes finds every IPv4 address by brute "
                   "force in minutes" },
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
    static char names[240];
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

void method_set_defaults(const struct method *method, unsigned options[METHOD_MAX_OPTIONS])
{
    memset(options, 0, METHOD_MAX_OPTIONS * sizeof *options);
    for (size_t i = 0; i < method->option_count; i++)
        options[i] = method->options[i].usual;
}

static bool is_word(const char *word, const char *text, size_t length)
{
    return strlen(word) == length && memcmp(word, text, length) == 0;
}

/* Read a number in its only spelling. Return false for other texts. */
static bool read_number(const char *text, size_t length, unsigned *value)
{
    *value = 0;
    if (length == 0 || length > 9 || (length > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *value = *value * 10 + (unsigned)(text[i] - '0');
    }
    return true;
}

static bool read_word(const struct method_option *option, const char *text, size_t length,
    unsigned *value)
{
    for (unsigned i = 0; option->words != NULL && option->words[i] != NULL; i++)
        if (is_word(option->words[i], text, length)) {
            *value = METHOD_WORD + i;
            return true;
        }
    return false;
}

static bool read_value(const struct method_option *option, const char *text, size_t length,
    unsigned *value)
{
    *value = 1;
    if (option->text == METHOD_TEXT_PATH)
        return length > 0;
    if (option->text == METHOD_TEXT_DOMAINS)
        return mail_domains_are(text, length);
    return read_word(option, text, length, value) ||
        (option->most > 0 && read_number(text, length, value) && *value >= option->least &&
            *value <= option->most);
}

/*
 * Read an option without "=": a name that can stand alone, or a word that is a value. Return false
 * for other texts.
 */
static bool read_alone(const struct method *method, const char *text, size_t length,
    unsigned *value, size_t *number)
{
    for (*number = 0; *number < method->option_count; ++*number) {
        const struct method_option *option = &method->options[*number];
        *value = option->alone;
        if (option->alone > 0 && is_word(option->name, text, length))
            return true;
        if (read_word(option, text, length, value))
            return true;
    }
    return false;
}

bool method_is_option(const struct method *method, const char *text, size_t length)
{
    unsigned value;
    size_t number;
    return read_alone(method, text, length, &value, &number);
}

enum method_option_result method_set(const struct method *method, const char *text, size_t length,
    unsigned options[METHOD_MAX_OPTIONS], size_t *number, size_t *value)
{
    unsigned read;
    const char *equals = memchr(text, '=', length);
    *value = 0;
    if (equals == NULL) {
        if (!read_alone(method, text, length, &read, number))
            return METHOD_OPTION_UNKNOWN;
        options[*number] = read;
        return METHOD_OPTION_OK;
    }
    size_t name = (size_t)(equals - text);
    for (size_t i = 0; i < method->option_count; i++) {
        if (!is_word(method->options[i].name, text, name))
            continue;
        *number = i;
        *value = name + 1;
        if (!read_value(&method->options[i], equals + 1, length - name - 1, &read))
            return METHOD_OPTION_VALUE;
        options[i] = read;
        return METHOD_OPTION_OK;
    }
    return METHOD_OPTION_UNKNOWN;
}

void method_print(const struct method *method, const unsigned options[METHOD_MAX_OPTIONS],
    const char *text, struct buf *out)
{
    for (size_t i = 0; i < method->option_count; i++) {
        const struct method_option *option = &method->options[i];
        if (options[i] == METHOD_UNSET)
            continue;
        buf_printf(out, " %s", option->name);
        if (option->text != METHOD_NO_TEXT)
            buf_printf(out, "=%s", text);
        else if (options[i] >= METHOD_WORD)
            buf_printf(out, "=%s", option->words[options[i] - METHOD_WORD]);
        else if (option->alone == 0 || options[i] != option->alone)
            buf_printf(out, "=%u", options[i]);
    }
}

void method_print_choices(const struct method *method, struct buf *out)
{
    for (size_t i = 0; i < method->option_count; i++) {
        const struct method_option *option = &method->options[i];
        const char *separator = "=";
        buf_printf(out, "%s%s", i > 0 ? ", " : "", option->name);
        for (size_t k = 0; option->words != NULL && option->words[k] != NULL; k++) {
            buf_printf(out, "%s%s", separator, option->words[k]);
            separator = "|";
        }
        if (option->most > 0)
            buf_printf(out, "%s%u..%u", separator, option->least, option->most);
        if (option->text != METHOD_NO_TEXT)
            buf_puts(out, option->text == METHOD_TEXT_PATH ? "=PATH" : "=DOMAIN,...");
    }
}
