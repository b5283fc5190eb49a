#ifndef PG_SUGGEST_VALUE_H
#define PG_SUGGEST_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/scan.h"

/* The types of PostgreSQL that a value can have. */
enum value_type {
    VALUE_BIGINT = 1,
    VALUE_NUMERIC = 2,
    VALUE_DOUBLE = 4, /* without loss of a digit */
    VALUE_DATE = 8,
    VALUE_TIMESTAMPTZ = 16,
    VALUE_UUID = 32,
    VALUE_INET = 64,
    VALUE_SECONDS = 128, /* a number that may be a moment: seconds since 1970 */
    VALUE_MILLIS = 256,
    VALUE_MICROS = 512,
    VALUE_ALL = 1023
};

/* Other properties of a value. */
enum value_trait {
    VALUE_FLOATING = 1, /* spelt like a double: an exponent, or 16 and more digits */
    VALUE_FRACTION = 2, /* a number with a decimal point or an exponent */
    VALUE_TOKEN = 4,    /* a token of pii-mask */
    VALUE_LOCAL = 8,    /* a moment without a zone */
    VALUE_NUL = 16,     /* holds U+0000, which text and jsonb do not take */
    VALUE_HUGE = 32,    /* a number that neither numeric nor jsonb take */
    VALUE_DIGITS = 64   /* a number that a filter, which uses doubles, may spell otherwise */
};

struct value {
    unsigned types;
    unsigned traits;
    uint64_t length; /* of a string in characters, of a number in digits */
};

/* Find the types and traits of a decoded string. */
void value_of_string(const char *text, size_t length, struct value *value);

/* Find the types and traits of a number as it is spelt (RFC 8259, section 6). */
void value_of_number(const char *text, size_t length, struct value *value);

#endif
