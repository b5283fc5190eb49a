#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "moment.h"
#include "value.h"

/* ---- strings ---- */

static bool is_digit(char byte)
{
    return (unsigned char)(byte - '0') < 10;
}

static bool is_hex(char byte)
{
    return is_digit(byte) || (unsigned char)((byte | 0x20) - 'a') < 6;
}

static bool is_uuid(const char *text, size_t length)
{
    static const char form[] = "00000000-0000-0000-0000-000000000000";
    if (length != strlen(form))
        return false;
    for (size_t i = 0; i < length; i++)
        if (form[i] == '0' ? !is_hex(text[i]) : text[i] != form[i])
            return false;
    return true;
}

/* Return true for an address, or for one with a prefix length after it. */
static bool is_inet(const char *text, size_t length)
{
    char copy[INET6_ADDRSTRLEN + 4];
    unsigned char bytes[16];
    if (length < 2 || length >= sizeof copy || memchr(text, '\0', length) != NULL)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *slash = strchr(copy, '/');
    if (slash != NULL)
        *slash = '\0';
    bool four = inet_pton(AF_INET, copy, bytes) == 1;
    if (!four && inet_pton(AF_INET6, copy, bytes) != 1)
        return false;
    if (slash == NULL)
        return true;
    size_t digits = strlen(slash + 1);
    if (digits < 1 || digits > 3 || strspn(slash + 1, "0123456789") != digits)
        return false;
    return strtoul(slash + 1, NULL, 10) <= (four ? 32 : 128);
}

/* Return true for TAG.KEYID.BASE64URL, as in pii-mask(1). */
static bool is_token(const char *text, size_t length)
{
    static const char *const tags[] = { "siv1.", "hmac1.", "seal1." };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        size_t start = strlen(tags[i]);
        if (length > start + 9 && memcmp(text, tags[i], start) == 0 && text[start + 8] == '.')
            return true;
    }
    return false;
}

static uint64_t characters(const char *text, size_t length)
{
    uint64_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

void value_of_string(const char *text, size_t length, struct value *value)
{
    *value = (struct value){ .length = characters(text, length) };
    enum moment moment = moment_of(text, length);
    if (moment == MOMENT_DATE)
        value->types |= VALUE_DATE;
    if (moment != MOMENT_NONE)
        value->types |= VALUE_TIMESTAMPTZ;
    if (moment == MOMENT_DATE || moment == MOMENT_LOCAL)
        value->traits |= VALUE_LOCAL;
    if (is_uuid(text, length))
        value->types |= VALUE_UUID;
    if (is_inet(text, length))
        value->types |= VALUE_INET;
    if (is_token(text, length))
        value->traits |= VALUE_TOKEN;
    if (memchr(text, '\0', length) != NULL)
        value->traits |= VALUE_NUL;
}

/* ---- numbers ---- */

/* The digits of a number. */
struct digits {
    uint64_t whole;       /* digits before the point, without leading zeroes */
    uint64_t fraction;    /* digits after it */
    uint64_t all;         /* digits as spelt */
    uint64_t significant; /* without zeroes at either end */
    bool exponent;
    int64_t power; /* limited to a thousand million */
};

static int64_t read_power(const char *text, const char *end)
{
    enum { MOST = 1000000000 };
    bool minus = *text == '-';
    int64_t power = 0;
    text += *text == '-' || *text == '+';
    for (; text < end; text++)
        power = power >= MOST / 10 ? MOST : power * 10 + (*text - '0');
    return minus ? -power : power;
}

static struct digits take_apart(const char *text, size_t length)
{
    struct digits digits = { .whole = 0 };
    const char *end = text + length;
    bool point = false;
    uint64_t zeroes = 0; /* since the last other digit */
    for (text += *text == '-'; text < end && (*text | 0x20) != 'e'; text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        digits.all++;
        digits.fraction += point;
        digits.whole += !point && (digits.whole > 0 || *text != '0');
        if (*text == '0') {
            zeroes += digits.significant > 0;
            continue;
        }
        digits.significant += zeroes + 1;
        zeroes = 0;
    }
    digits.exponent = text < end;
    if (digits.exponent)
        digits.power = read_power(text + 1, end);
    return digits;
}

/* Copy ${count} digits of a number, from the first that is not zero. */
static void copy_digits(const char *text, size_t count, char *out)
{
    size_t copied = 0;
    for (; copied < count && *text != '\0'; text++)
        if (is_digit(*text) && (copied > 0 || *text != '0'))
            out[copied++] = *text;
}

/* Return true when a double prints the same digits again, so that no digit is lost. */
static bool is_kept(const char *text, size_t length, const struct digits *digits, double *number)
{
    enum { SPELT_MOST = 63, DIGITS_MOST = 17 };
    char copy[SPELT_MOST + 1];
    char again[SPELT_MOST + 1];
    char here[DIGITS_MOST] = "";
    char there[DIGITS_MOST] = "";
    if (length > SPELT_MOST || digits->significant > DIGITS_MOST)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *number = strtod(copy, NULL);
    if (digits->significant == 0)
        return true;
    if (!isfinite(*number) || *number == 0)
        return false;
    (void)snprintf(again, sizeof again, "%.*e", (int)digits->significant - 1, *number);
    copy_digits(copy, digits->significant, here);
    copy_digits(again, digits->significant, there);
    return memcmp(here, there, digits->significant) == 0;
}

static bool is_bigint(const char *text, size_t length)
{
    enum { MOST = 20 };
    char copy[MOST + 1];
    if (length > MOST)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    errno = 0;
    (void)strtoll(copy, NULL, 10);
    return errno == 0;
}

void value_of_number(const char *text, size_t length, struct value *value)
{
    /* PostgreSQL manual, section 8.1.2 */
    enum { WHOLE_MOST = 131072, FRACTION_MOST = 16383, DOUBLE_DIGITS = 15 };
    struct digits digits = take_apart(text, length);
    double number = 0;
    *value = (struct value){ .length = digits.all };
    if ((int64_t)digits.whole + digits.power <= WHOLE_MOST &&
        (int64_t)digits.fraction - digits.power <= FRACTION_MOST)
        value->types |= VALUE_NUMERIC;
    else
        value->traits |= VALUE_HUGE;
    if (digits.exponent || digits.fraction > 0)
        value->traits |= VALUE_FRACTION;
    else if (is_bigint(text, length))
        value->types |= VALUE_BIGINT;
    if (digits.exponent || (digits.fraction > 0 && digits.significant > DOUBLE_DIGITS))
        value->traits |= VALUE_FLOATING;
    bool kept = is_kept(text, length, &digits, &number);
    if (!kept || digits.whole > DOUBLE_DIGITS)
        value->traits |= VALUE_DIGITS;
    if (!kept)
        return;
    value->types |= VALUE_DOUBLE;
    enum moment_unit unit = moment_unit_of(number);
    if (unit < MOMENT_UNITS)
        value->types |= (unsigned)VALUE_SECONDS << unit;
}
