/* pg-suggest: the types that a value allows, and the times that texts and numbers are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "../../cmd/pg-suggest/moment.h"
#include "../../cmd/pg-suggest/value.h"

/* clang-format off */
static const struct {
    enum moment moment;
    const char *texts; /* separated by "|" */
} moments[] = {
    { MOMENT_DATE,  "2024-01-31|2024-02-29|2000-02-29|0001-01-01|9999-12-31" },
    { MOMENT_LOCAL, "2024-01-31T08:00:00|2024-01-31 08:00|2024-01-31t08:00:00.123456|2024-01-31 23:59:59.999999999" },
    { MOMENT_ZONED, "2024-01-31T08:00:00Z|2024-01-31T08:00:00z|2024-01-31 08:00+01|2024-01-31T08:00:00.5+0100|"
                    "2024-01-31T08:00:00-05:30|2024-01-31 08:00:00 +00:00|20240131T080000Z|20240131T080000.25+0200|"
                    "Wed, 31 Jan 2024 08:00:00 GMT|31 Jan 2024 08:00:00 +0100|1 Feb 2024 08:00 UTC|"
                    "Thu, 29 Feb 2024 08:00:00 -0500|2024-01-31T08:00:00+15:59" },
    { MOMENT_NONE,  "2024-02-30|2023-02-29|1900-02-29|2024-13-01|2024-00-10|2024-01-00|0000-01-01|2024-1-31|24-01-31|"
                    "2024-01-31T24:00:00|2024-01-31T08:60|2024-01-31T08:00:60|2024-01-31T08|2024-01-31T08:00:00.|"
                    "2024-01-31T08:00:00.1234567890|2024-01-31T08:00:00+16:00|2024-01-31T08:00:00+1|2024-01-31T|"
                    "2024-01-31T08:00:00ZZ|2024-01-31T08:00:00 |01/31/2024|31.01.2024|2024/01/31|20240131|20240131T080000|"
                    "Wed 31 Jan 2024 08:00:00 GMT|Wed, 30 Feb 2024 08:00:00 GMT|31 Jan 24 08:00:00 GMT|"
                    "31 Jan 2024 08:00:00|31 Jan 2024 08:00:00 CET|Wed, 31 Mai 2024 08:00:00 GMT|"
                    "2024-W05-3|2024-031|now|infinity|yesterday| 2024-01-31|2024-01-31 |-2024-01-31|x" },
};

static const struct {
    unsigned types;
    unsigned traits;
    unsigned length;
    const char *text;
} strings[] = {
    { 0, 0, 0, "" },
    { 0, 0, 3, "abc" },
    { 0, 0, 2, "\xC3\xA9\xE5\x90\x8D" },
    { VALUE_DATE | VALUE_TIMESTAMPTZ, VALUE_LOCAL, 10, "2024-01-31" },
    { VALUE_TIMESTAMPTZ, VALUE_LOCAL, 19, "2024-01-31T08:00:00" },
    { VALUE_TIMESTAMPTZ, 0, 20, "2024-01-31T08:00:00Z" },
    { VALUE_UUID, 0, 36, "550e8400-e29b-41d4-a716-446655440000" },
    { VALUE_UUID, 0, 36, "550E8400-E29B-41D4-A716-44665544ABCD" },
    { 0, 0, 36, "550e8400-e29b-41d4-a716-44665544000g" },
    { 0, 0, 32, "550e8400e29b41d4a716446655440000" },
    { VALUE_INET, 0, 9, "10.0.0.12" },
    { VALUE_INET, 0, 10, "10.0.0.0/8" },
    { VALUE_INET, 0, 3, "::1" },
    { VALUE_INET, 0, 13, "2001:db8::/32" },
    { VALUE_INET, 0, 14, "2001:db8::/128" },
    { 0, 0, 11, "10.0.0.0/33" },
    { 0, 0, 14, "2001:db8::/129" },
    { 0, 0, 10, "10.0.0.256" },
    { 0, 0, 9, "10.0.0.0/" },
    { 0, 0, 11, "10.0.0.0/+8" },
    { 0, 0, 9, "fe80::1%1" },
    { 0, 0, 5, "2.3.0" },
    { 0, 0, 8, "12345678" },
    { 0, 0, 4, "true" },
    { 0, VALUE_TOKEN, 18, "siv1.9e38f8e2.abcd" },
    { 0, VALUE_TOKEN, 19, "hmac1.9e38f8e2.abcd" },
    { 0, VALUE_TOKEN, 19, "seal1.9e38f8e2.abcd" },
    { 0, 0, 17, "siv1.9e38f8e.abcd" },
    { 0, 0, 14, "siv1.9e38f8e2." },
};

enum { WHOLE = VALUE_BIGINT | VALUE_NUMERIC | VALUE_DOUBLE, BOTH = VALUE_NUMERIC | VALUE_DOUBLE,
       FLOAT = VALUE_FLOATING | VALUE_FRACTION };

static const struct {
    unsigned types;
    unsigned traits;
    unsigned length;
    const char *text;
} numbers[] = {
    { WHOLE, 0, 1, "0" },
    { WHOLE, 0, 1, "-0" },
    { WHOLE, 0, 3, "-120" },
    { WHOLE, 0, 15, "123456789012345" },
    { WHOLE, VALUE_DIGITS, 16, "9007199254740992" },
    { VALUE_BIGINT | VALUE_NUMERIC, VALUE_DIGITS, 16, "9007199254740993" },
    { VALUE_BIGINT | VALUE_NUMERIC, VALUE_DIGITS, 19, "9223372036854775807" },
    { VALUE_BIGINT | VALUE_NUMERIC, VALUE_DIGITS, 19, "-9223372036854775808" },
    { VALUE_NUMERIC, VALUE_DIGITS, 19, "9223372036854775808" },
    { VALUE_NUMERIC, VALUE_DIGITS, 19, "-9223372036854775809" },
    { VALUE_NUMERIC, VALUE_DIGITS, 23, "12345678901234567890123" },
    { BOTH, VALUE_DIGITS, 21, "100000000000000000000" },
    { BOTH, VALUE_FRACTION, 3, "1.10" },
    { BOTH, VALUE_FRACTION, 2, "1.0" },
    { BOTH, VALUE_FRACTION, 5, "19.995" },
    { BOTH, VALUE_FRACTION, 16, "0.123456789012345" },
    { BOTH, FLOAT, 18, "0.30000000000000004" },
    { BOTH, FLOAT, 16, "66.66666666666666" },
    { VALUE_NUMERIC, FLOAT | VALUE_DIGITS, 19, "0.300000000000000049" },
    { VALUE_NUMERIC, FLOAT | VALUE_DIGITS, 18, "0.10000000000000011" },
    { BOTH, FLOAT, 1, "1e5" },
    { BOTH, FLOAT, 1, "1E-7" },
    { BOTH, FLOAT, 3, "1.50e+10" },
    { BOTH, FLOAT, 1, "5e-324" },
    { VALUE_NUMERIC, FLOAT | VALUE_DIGITS, 1, "1e400" },
    { VALUE_NUMERIC, FLOAT | VALUE_DIGITS, 1, "1e-400" },
    { VALUE_NUMERIC, FLOAT | VALUE_DIGITS, 1, "1e131071" },
    { 0, FLOAT | VALUE_DIGITS | VALUE_HUGE, 1, "1e131072" },
    { VALUE_NUMERIC, FLOAT | VALUE_DIGITS, 1, "1e-16383" },
    { 0, FLOAT | VALUE_DIGITS | VALUE_HUGE, 1, "1e-16384" },
    { 0, FLOAT | VALUE_DIGITS | VALUE_HUGE, 1, "1e99999999999999999999" },
    { VALUE_DOUBLE, FLOAT | VALUE_HUGE, 1, "0e200000" },
    { WHOLE | VALUE_SECONDS, 0, 9, "946684800" },
    { WHOLE, 0, 9, "946684799" },
    { WHOLE | VALUE_SECONDS, 0, 10, "4102444799" },
    { WHOLE, 0, 10, "4102444800" },
    { BOTH | VALUE_SECONDS, VALUE_FRACTION, 13, "1700000000.125" },
    { WHOLE | VALUE_MILLIS, 0, 13, "1700000000123" },
    { WHOLE | VALUE_MICROS, VALUE_DIGITS, 16, "1700000000123456" },
    { VALUE_BIGINT | VALUE_NUMERIC, VALUE_DIGITS, 19, "1700000000123456789" },
};
/* clang-format on */

/* Return a separate copy, so that a sanitizer sees its ends. */
static char *alone(const char *text, size_t length)
{
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    return copy;
}

static void reads_moments(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        for (const char *text = moments[i].texts; *text != '\0';) {
            size_t length = strcspn(text, "|");
            char *copy = alone(text, length);
            if (moment_of(copy, length) != moments[i].moment)
                fail_msg("%.*s: %d", (int)length, text, moment_of(copy, length));
            free(copy);
            text += length + (text[length] == '|');
        }
}

static void reads_strings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        struct value value;
        size_t length = strlen(strings[i].text);
        char *copy = alone(strings[i].text, length);
        value_of_string(copy, length, &value);
        if (value.types != strings[i].types || value.traits != strings[i].traits ||
            value.length != strings[i].length)
            fail_msg("%s: %u %u %u", strings[i].text, value.types, value.traits,
                (unsigned)value.length);
        free(copy);
    }
    struct value value;
    value_of_string("a\0b", 3, &value);
    assert_int_equal(value.traits, VALUE_NUL);
    value_of_string("10.0.0.1\0", 9, &value);
    assert_int_equal(value.types, 0);
}

static void reads_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct value value;
        size_t length = strlen(numbers[i].text);
        char *copy = alone(numbers[i].text, length);
        value_of_number(copy, length, &value);
        if (value.types != numbers[i].types || value.traits != numbers[i].traits ||
            value.length != numbers[i].length)
            fail_msg("%s: %u %u %u", numbers[i].text, value.types, value.traits,
                (unsigned)value.length);
        free(copy);
    }
}

static void knows_long_numbers(void **state)
{
    enum { WHOLE_MOST = 131072, FRACTION_MOST = 16383 };
    static char text[WHOLE_MOST + 2];
    struct value value;
    (void)state;
    memset(text, '9', sizeof text);
    value_of_number(text, WHOLE_MOST, &value);
    assert_int_equal(value.types, VALUE_NUMERIC);
    value_of_number(text, WHOLE_MOST + 1, &value);
    assert_int_equal(value.types, 0);
    text[1] = '.';
    value_of_number(text, FRACTION_MOST + 2, &value);
    assert_int_equal(value.types, VALUE_NUMERIC);
    value_of_number(text, FRACTION_MOST + 3, &value);
    assert_int_equal(value.types, 0);
    assert_int_equal(value.traits, VALUE_FRACTION | VALUE_FLOATING | VALUE_HUGE | VALUE_DIGITS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_moments),
        cmocka_unit_test(reads_strings),
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(knows_long_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
