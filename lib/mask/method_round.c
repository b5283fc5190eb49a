#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mask/date.h"
#include "mask/method.h"
#include "mask/method_parts.h"
#include "mask/method_round.h"

enum { MOST = METHOD_ROUND_DIGITS, ROOM = 4 * MOST };

struct state {
    unsigned unit;
};

static void *open_method(const struct method_use *use)
{
    struct state *state = calloc(1, sizeof *state);
    if (state != NULL)
        state->unit = use->options[0];
    return state;
}

/* ---- numbers --------------------------------------------------------------------------------- */

/* A number as spelt: its value is digits * 10^scale. */
struct number {
    bool negative;
    size_t whole;    /* digits before the point */
    size_t fraction; /* digits behind the point */
    int exponent;
    size_t exponent_at; /* start in the text; it ends with the text */
    char digits[ROOM];
    size_t count;
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Take the digits at *at from the text. */
static size_t take_digits(const char *text, size_t length, size_t *at, struct number *number)
{
    size_t start = *at;
    for (; *at < length && is_digit(text[*at]) && number->count < MOST; ++*at)
        number->digits[number->count++] = text[*at];
    return *at - start;
}

static bool read_exponent(const char *text, size_t length, size_t at, int *exponent)
{
    bool negative = at < length && text[at] == '-';
    at += at < length && (text[at] == '-' || text[at] == '+');
    if (at == length || length - at > 4)
        return false;
    for (*exponent = 0; at < length; at++) {
        if (!is_digit(text[at]))
            return false;
        *exponent = *exponent * 10 + text[at] - '0';
    }
    if (*exponent > MOST)
        return false;
    *exponent = negative ? -*exponent : *exponent;
    return true;
}

static bool read_number(const char *text, size_t length, struct number *number)
{
    size_t at = length > 0 && text[0] == '-';
    *number = (struct number){ .negative = at == 1 };
    number->whole = take_digits(text, length, &at, number);
    if (number->whole == 0)
        return false;
    if (at < length && text[at] == '.') {
        at++;
        number->fraction = take_digits(text, length, &at, number);
        if (number->fraction == 0)
            return false;
    }
    number->exponent_at = at;
    if (at == length)
        return true;
    return (text[at] == 'e' || text[at] == 'E') &&
        read_exponent(text, length, at + 1, &number->exponent);
}

/*
 * Turn the digits into a whole number followed by ${places} digits of a fraction. Return ${places}.
 */
static size_t align(struct number *number)
{
    int scale = number->exponent - (int)number->fraction;
    size_t places = scale < 0 ? (size_t)-scale : 0;
    size_t zeroes = scale > 0 ? (size_t)scale : 0;
    memset(number->digits + number->count, '0', zeroes);
    number->count += zeroes;
    /* At least one digit before the fraction, and one more for a carry. */
    size_t lack = places + 1 > number->count ? places + 1 - number->count : 0;
    memmove(number->digits + lack + 1, number->digits, number->count);
    memset(number->digits, '0', lack + 1);
    number->count += lack + 1;
    return places;
}

/* Add a value to digits[0, count), or subtract it; the result fits. */
static void add(char *digits, size_t count, int64_t value)
{
    for (size_t i = count; i-- > 0 && value != 0;) {
        int64_t sum = digits[i] - '0' + value;
        int64_t digit = (sum % 10 + 10) % 10;
        digits[i] = (char)('0' + digit);
        value = (sum - digit) / 10;
    }
}

static bool are_zeroes(const char *digits, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (digits[i] != '0')
            return false;
    return true;
}

/* Round the aligned digits, of which the last ${places} are a fraction. */
static void round_digits(struct number *number, size_t places, unsigned unit)
{
    size_t whole = number->count - places;
    uint64_t rest = 0;
    for (size_t i = 0; i < whole; i++)
        rest = (rest * 10 + (uint64_t)(number->digits[i] - '0')) % unit;
    bool up = number->negative && (rest > 0 || !are_zeroes(number->digits + whole, places));
    add(number->digits, whole, (up ? (int64_t)unit : 0) - (int64_t)rest);
    memset(number->digits + whole, '0', places);
}

/* Append the digits, with point and exponent in their places. */
static enum token_result write_number(const struct number *number, const char *text, size_t length,
    bool quoted, struct buf *out)
{
    const char *digits = number->digits;
    size_t count = number->count;
    int scale = number->exponent - (int)number->fraction;
    if (scale > 0) { /* the zeroes that the exponent replaces */
        count -= (size_t)scale;
        if (!are_zeroes(digits + count, (size_t)scale))
            return TOKEN_MALFORMED;
    }
    /* A number spelt with leading zeroes keeps its width. */
    bool wide = text[number->negative] == '0';
    size_t width = (wide ? number->whole : 1) + number->fraction;
    for (; count > width && *digits == '0'; digits++)
        count--;
    size_t whole = count - number->fraction;
    if (quoted)
        buf_putc(out, '"');
    if (number->negative)
        buf_putc(out, '-');
    buf_append(out, digits, whole);
    if (number->fraction > 0) {
        buf_putc(out, '.');
        buf_append(out, digits + whole, number->fraction);
    }
    buf_append(out, text + number->exponent_at, length - number->exponent_at);
    if (quoted)
        buf_putc(out, '"');
    return out->failed ? TOKEN_FAILED : TOKEN_OK;
}

static enum token_result round_number(unsigned unit, const char *text, size_t length, bool quoted,
    struct buf *out)
{
    struct number number;
    if (!read_number(text, length, &number))
        return TOKEN_MALFORMED;
    size_t places = align(&number);
    round_digits(&number, places, unit);
    return write_number(&number, text, length, quoted, out);
}

/* ---- dates ----------------------------------------------------------------------------------- */

static enum token_result round_date(unsigned unit, char *text, size_t length, struct buf *out)
{
    struct date date;
    if (!date_read(text, length, &date))
        return TOKEN_MALFORMED;
    if (unit == METHOD_DAY)
        date_floor_day(text, &date);
    else if (unit == METHOD_MONTH)
        date_floor_month(text, &date);
    else
        date_floor_year(text, &date);
    return method_parts_quote(out, text, length);
}

static enum token_result mask(void *opaque, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    const struct state *state = opaque;
    bool dates = state->unit >= METHOD_WORD;
    char *text;
    size_t length;
    (void)key;
    if (value->kind == JSON_NUMBER && !dates)
        return round_number(state->unit, value->text, value->length, false, out);
    enum token_result result = method_parts_text(value, scratch, &text, &length);
    if (result != TOKEN_OK)
        return result;
    return dates ? round_date(state->unit, text, length, out)
                 : round_number(state->unit, text, length, true, out);
}

/* Return true for rounded values, which stay unchanged. */
static bool made(void *opaque, const struct token_value *value, struct buf *scratch)
{
    return method_parts_stays(&method_round, opaque, value, scratch);
}

const struct method_work method_round = {
    .open = open_method,
    .close = free,
    .mask = mask,
    .made = made,
};
