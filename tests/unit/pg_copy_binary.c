#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "pg/copy_binary.h"

static void knows_types(void **state)
{
    (void)state;
    assert_int_equal(pg_copy_binary_kind("23"), PG_COPY_BINARY_INT4);
    assert_int_equal(pg_copy_binary_kind("1043"), PG_COPY_BINARY_BYTES);
    assert_int_equal(pg_copy_binary_kind("1700"), PG_COPY_BINARY_NONE); /* numeric */
    assert_int_equal(pg_copy_binary_kind("16385"), PG_COPY_BINARY_NONE);
    assert_int_equal(pg_copy_binary_kind(""), PG_COPY_BINARY_NONE);
}

static const struct {
    enum pg_copy_binary kind;
    const char *text;
    const char *value; /* as the server has it; NULL: sent as text */
    size_t length;
} cases[] = {
#define CASE(kind, text, value)                               \
    {                                                         \
        PG_COPY_BINARY_##kind, text, value, sizeof(value) - 1 \
    }
#define TEXT(kind, text)                     \
    {                                        \
        PG_COPY_BINARY_##kind, text, NULL, 0 \
    }
    CASE(BYTES, "", ""),
    CASE(BYTES, "a b", "a b"),
    CASE(BYTES, "a\\tb\\n\\r\\\\N", "a\tb\n\r\\N"),
    CASE(BYTES, "\\\\N", "\\N"),
    CASE(BYTES, "h\303\251", "h\303\251"),
    CASE(JSONB, "{}", "\1{}"),
    CASE(BOOL, "true", "\1"),
    CASE(BOOL, "false", "\0"),
    TEXT(BOOL, "t"),
    TEXT(BOOL, "TRUE"),
    TEXT(BOOL, ""),
    TEXT(BOOL, "1"),
    CASE(INT2, "0", "\0\0"),
    CASE(INT2, "-1", "\377\377"),
    CASE(INT2, "32767", "\177\377"),
    CASE(INT2, "-32768", "\200\0"),
    TEXT(INT2, "32768"),
    TEXT(INT2, "-32769"),
    CASE(INT4, "20300", "\0\0\117\114"),
    CASE(INT4, "2147483647", "\177\377\377\377"),
    CASE(INT4, "-2147483648", "\200\0\0\0"),
    TEXT(INT4, "2147483648"),
    TEXT(INT4, "-2147483649"),
    TEXT(INT4, ""),
    TEXT(INT4, "-"),
    TEXT(INT4, "-0"),
    TEXT(INT4, "007"),
    TEXT(INT4, "+7"),
    TEXT(INT4, " 7"),
    TEXT(INT4, "7 "),
    TEXT(INT4, "1.0"),
    TEXT(INT4, "1e3"),
    TEXT(INT4, "0x10"),
    TEXT(INT4, "1_000"),
    CASE(INT8, "9223372036854775807", "\177\377\377\377\377\377\377\377"),
    CASE(INT8, "-9223372036854775808", "\200\0\0\0\0\0\0\0"),
    TEXT(INT8, "9223372036854775808"),
    TEXT(INT8, "-9223372036854775809"),
    TEXT(INT8, "12345678901234567890"),
    TEXT(INT8, "100000000000000000000"),
    CASE(UUID, "00112233-4455-6677-8899-aAbBcCdDeEfF",
        "\0\21\42\63\104\125\146\167\210\231\252\273\314\335\356\377"),
    TEXT(UUID, "{00112233-4455-6677-8899-aabbccddeeff}"),
    TEXT(UUID, "00112233445566778899aabbccddeeff"),
    TEXT(UUID, "00112233-4455-6677-8899-aabbccddeefg"),
    TEXT(UUID, "00112233-4455-6677-8899-aabbccddeef-"),
    CASE(DATE, "2000-01-01", "\0\0\0\0"),
    CASE(DATE, "1999-12-31", "\377\377\377\377"),
    CASE(DATE, "2000-03-01", "\0\0\0\74"),
    CASE(DATE, "2026-03-05", "\0\0\45\130"),
    CASE(DATE, "0001-01-01", "\377\364\333\371"),
    CASE(DATE, "9999-12-31", "\0\54\225\323"),
    CASE(DATE, "2024-02-29", "\0\0\42\171"),
    TEXT(DATE, "2023-02-29"),
    TEXT(DATE, "1900-02-29"),
    TEXT(DATE, "2023-04-31"),
    TEXT(DATE, "2023-00-10"),
    TEXT(DATE, "2023-13-10"),
    TEXT(DATE, "2023-01-00"),
    TEXT(DATE, "0000-01-01"),
    TEXT(DATE, "2026-3-5"),
    TEXT(DATE, "05/03/2026"),
    TEXT(DATE, "2026-03-05T00:00:00Z"),
    TEXT(DATE, "today"),
    TEXT(DATE, "infinity"),
    CASE(TIMESTAMPTZ, "2000-01-01T00:00:00Z", "\0\0\0\0\0\0\0\0"),
    CASE(TIMESTAMPTZ, "2000-01-01 00:00:01.5Z", "\0\0\0\0\0\26\343\140"),
    CASE(TIMESTAMPTZ, "1999-12-31T23:59:59.999999Z", "\377\377\377\377\377\377\377\377"),
    CASE(TIMESTAMPTZ, "2000-01-01T05:30:00+05:30", "\0\0\0\0\0\0\0\0"),
    CASE(TIMESTAMPTZ, "1999-12-31T16:00:00.000-08:00", "\0\0\0\0\0\0\0\0"),
    TEXT(TIMESTAMPTZ, "2000-01-01T00:00:00"), /* only the server knows the time zone */
    TEXT(TIMESTAMPTZ, "2000-01-01"),
    TEXT(TIMESTAMPTZ, "2000-01-01T00:00:00.1234567Z"),
    TEXT(TIMESTAMPTZ, "2000-01-01T00:00:00.Z"),
    TEXT(TIMESTAMPTZ, "2000-01-01T24:00:00Z"),
    TEXT(TIMESTAMPTZ, "2000-01-01T00:60:00Z"),
    TEXT(TIMESTAMPTZ, "2000-01-01T00:00:60Z"),
    TEXT(TIMESTAMPTZ, "2000-01-01T00:00:00+0530"),
    TEXT(TIMESTAMPTZ, "2000-01-01T00:00:00z"),
    TEXT(TIMESTAMPTZ, "2000-01-01T00:00:00 Europe/Berlin"),
    CASE(TIMESTAMP, "2000-01-01T00:00:01", "\0\0\0\0\0\17\102\100"),
    CASE(TIMESTAMP, "2000-01-01T00:00:01Z", "\0\0\0\0\0\17\102\100"),
    TEXT(TIMESTAMP, "2000-01-01T00:00:01+01:00"),
    TEXT(TIMESTAMP, "now"),
};

static void takes_what_means_one_thing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = strlen(cases[i].text);
        bool fits = pg_copy_binary_fits(cases[i].kind, cases[i].text, length);
        if (fits != (cases[i].value != NULL))
            fail_msg("%s: %s", cases[i].text, fits ? "taken" : "not taken");
    }
}

static void writes_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char row[200];
        char out[400];
        unsigned char kinds[] = { PG_COPY_BINARY_BYTES, (unsigned char)cases[i].kind,
            PG_COPY_BINARY_INT4 };
        size_t length = (size_t)snprintf(row, sizeof row, "x\t%s\t\\N\n", cases[i].text);
        assert_true(pg_copy_binary_bound(3, length) <= sizeof out);
        char *end = pg_copy_binary_row(out, kinds, 3, row, length);
        if (cases[i].value == NULL) {
            assert_null(end);
            continue;
        }
        assert_true((size_t)(end - out) == 2 + 5 + 4 + cases[i].length + 4);
        assert_true((size_t)(end - out) <= pg_copy_binary_bound(3, length));
        assert_memory_equal(out, "\0\3\0\0\0\1x\0\0\0", 10);
        assert_int_equal(out[10], cases[i].length);
        if (cases[i].length > 0 && memcmp(out + 11, cases[i].value, cases[i].length) != 0)
            fail_msg("%s: another value", cases[i].text);
        assert_memory_equal(end - 4, "\377\377\377\377", 4);
    }
}

static void wants_as_many_fields(void **state)
{
    (void)state;
    const unsigned char kinds[] = { PG_COPY_BINARY_BYTES, PG_COPY_BINARY_BYTES };
    char out[100];
    assert_non_null(pg_copy_binary_row(out, kinds, 2, "a\tb\n", 4));
    assert_null(pg_copy_binary_row(out, kinds, 2, "ab\n", 3));
    assert_null(pg_copy_binary_row(out, kinds, 1, "a\tb\n", 4));
    assert_non_null(pg_copy_binary_row(out, kinds, 1, "\n", 1));
}

/* Compare with the calendar of the system, day by day. */
static void counts_days(void **state)
{
    (void)state;
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const unsigned char kind = PG_COPY_BINARY_DATE;
    int32_t expected = -730119; /* 0001-01-01 */
    for (int year = 1; year <= 9999; year++) {
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (int month = 1; month <= 12; month++) {
            int last = lengths[month - 1] + (leap && month == 2);
            for (int day = 1; day <= last; day++, expected++) {
                char row[64];
                char out[64];
                int length = snprintf(row, sizeof row, "%04d-%02d-%02d\n", year, month, day);
                char *end = pg_copy_binary_row(out, &kind, 1, row, (size_t)length);
                assert_non_null(end);
                uint32_t days = 0;
                for (int i = 0; i < 4; i++)
                    days = days << 8 | (unsigned char)out[6 + i];
                assert_int_equal((int32_t)days, expected);
            }
        }
    }
    assert_int_equal(expected, 2921940); /* 10000-01-01 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_types),
        cmocka_unit_test(takes_what_means_one_thing),
        cmocka_unit_test(writes_rows),
        cmocka_unit_test(wants_as_many_fields),
        cmocka_unit_test(counts_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
