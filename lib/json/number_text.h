#ifndef JSON_NUMBER_TEXT_H
#define JSON_NUMBER_TEXT_H

#include "json/span.h"

/* Numbers (RFC 8259 §6). Only lib/json includes this. */

static inline const char *json_number_digits(const char *text, const char *end)
{
    while (text < end && (unsigned char)(*text - '0') < 10)
        text++;
    return text;
}

/*
 * json_number_end(text, end, wrong):
 * Return the end of the number that begins at ${text}, before ${end}. Return NULL with the wrong
 * byte, or ${end}, in ${wrong}.
 */
static inline const char *json_number_end(const char *text, const char *end, const char **wrong)
{
    const char *digits = text + (*text == '-');
    const char *past = json_number_digits(digits, end);
    *wrong = past;
    if (past == digits)
        return NULL;
    if (*digits == '0')
        past = digits + 1; /* the next byte is not part of the number */
    if (past < end && *past == '.') {
        digits = past + 1;
        past = *wrong = json_number_digits(digits, end);
        if (past == digits)
            return NULL;
    }
    if (past < end && (*past | 0x20) == 'e') {
        digits = past + 1;
        if (digits < end && (*digits == '+' || *digits == '-'))
            digits++;
        past = *wrong = json_number_digits(digits, end);
        if (past == digits)
            return NULL;
    }
    return past;
}

/*
 * Return the end of a number that ends within sixteen bytes and has no exponent, as most do; NULL
 * for others. The few steps do not depend on the number of digits. Reads sixteen bytes.
 */
#ifdef JSON_SPAN_SSE2
static inline const char *json_number_short_end(const char *text)
{
    /* moves '0' to the least signed byte */
    __m128i bytes = _mm_add_epi8(json_span_load(text), _mm_set1_epi8(0x80 - '0'));
    __m128i digits = _mm_cmplt_epi8(bytes, _mm_set1_epi8(-0x80 + 10));
    unsigned others = (unsigned)_mm_movemask_epi8(digits) ^ 0x1FFFF;
    unsigned start = *text == '-', at = start + (unsigned)__builtin_ctz(others >> start);
    if (at == start || at == 16 || (text[start] == '0' && at > start + 1))
        return NULL;
    if (text[at] == '.') {
        start = at + 1;
        at = start + (unsigned)__builtin_ctz(others >> start);
        if (at == start || at == 16)
            return NULL;
    }
    return (text[at] | 0x20) == 'e' ? NULL : text + at;
}
#endif

#endif
