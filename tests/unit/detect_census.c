/* lib/detect: the counts of bytes that all other checks use first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "detect/census.h"
#include "detect/shape.h"
#include "detect/text.h"

enum { LONGEST = 300, MANY = 9000 /* more than 255 times sixteen */ };

/* Count in the slowest and plainest way. */
static struct census counted(const char *text, size_t length)
{
    struct census census = { .length = length };
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        census.digits += c >= '0' && c <= '9';
        census.letters += letter || (unsigned char)c >= 0x80;
        census.capitals += c >= 'A' && c <= 'Z';
        census.hex += (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        census.blanks += c == ' ';
        census.dots += c == '.';
        census.colons += c == ':';
        census.hyphens += c == '-';
        census.ats += c == '@' || c == '%' || c == '\\';
    }
    return census;
}

/* The text is on the heap, so that ASan detects a read beyond its end. */
static void check(const char *text, size_t length)
{
    char *tight = malloc(length > 0 ? length : 1);
    assert_non_null(tight);
    memcpy(tight, text, length);
    const struct census wanted = counted(tight, length);
    struct census census;
    struct census signs;
    census_take(tight, length, &census);
    census_take_signs(tight, length, &signs);
    assert_memory_equal(&census, &wanted, sizeof census);
    if (length < CENSUS_WIDE)
        assert_memory_equal(&signs, &wanted, sizeof signs);
    assert_int_equal(signs.length, length);
    assert_int_equal(signs.digits, wanted.digits);
    assert_int_equal(signs.dots, wanted.dots);
    assert_int_equal(signs.colons, wanted.colons);
    assert_int_equal(signs.hyphens, wanted.hyphens);
    assert_int_equal(signs.ats, wanted.ats);
    free(tight);
}

/* Each byte alone, in short texts and in those counted by sixteen bytes. */
static void counts_every_byte(void **state)
{
    (void)state;
    static const size_t sizes[] = { 1, 5, CENSUS_WIDE - 1, CENSUS_WIDE, 100, MANY };
    char *text = malloc(MANY);
    assert_non_null(text);
    for (int byte = 0; byte < 256; byte++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            memset(text, byte, sizes[i]);
            check(text, sizes[i]);
        }
    free(text);
}

static void counts_any_length(void **state)
{
    (void)state;
    char text[LONGEST] = "";
    uint32_t random = 20261121;
    for (size_t length = 0; length <= LONGEST; length++) {
        for (size_t i = 0; i < length; i++) {
            random = random * 1664525 + 1013904223;
            text[i] = (char)(random >> 24);
        }
        check(text, length);
    }
}

/* Both UUID checks, with every byte changed, and other lengths. */
static void tells_a_uuid(void **state)
{
    (void)state;
    static const char uuid[] = "550e8400-E29b-41d4-a716-44665544000F0";
    enum { SIZE = 36 };
    struct census census;
    for (size_t at = 0; at < SIZE; at++)
        for (int byte = 0; byte < 256; byte++) {
            char text[SIZE];
            memcpy(text, uuid, SIZE);
            text[at] = (char)byte;
            census_take(text, SIZE, &census);
            bool wanted = uuid[at] == '-' ? byte == '-' : shape_is_hex((char)byte);
            assert_int_equal(text_is_uuid(text, &census), wanted);
            assert_int_equal(text_uuid(text, SIZE, 0) != 0, wanted);
        }
    census_take(uuid, SIZE - 1, &census);
    assert_false(text_is_uuid(uuid, &census));
    census_take(uuid, SIZE + 1, &census);
    assert_false(text_is_uuid(uuid, &census));
    census_take("550e8400-e29b-41d4-a71644665544000-00", SIZE, &census);
    assert_false(text_is_uuid("550e8400-e29b-41d4-a71644665544000-00", &census));
}

/* A moment is checked byte for byte, so that other digits are not taken for one. */
static void tells_a_moment(void **state)
{
    (void)state;
    static const char *const moments[] = { "2026-01-31", "1999-12-31T23:59:59",
        "2026-01-31 08:30:00", "2026-01-31T08:30:00Z", "2026-01-31T08:30:00.123456789Z",
        "2026-01-31T08:30:00+01:00", "2026-01-31 08:30:00.123456789-11:30",
        "2026-01-31T08:30:00.5" };
    static const char *const others[] = { "", "2026-01-3", "2026-01-311", "0026-01-31",
        "3026-01-31", "2026-01-31T08:30", "2026-01-31T08:30:0", "2026-01-31T08:30:00.1234567890Z",
        "2026-01-31T08:30:00z", "2026-01-31T08:30:00+0100", "2026-01-31T08:30:00Z+01:00",
        "2026-01-31T08:30:00:01", "2026-01-31_08:30:00", "2026/01/31", "2026-01-31T08:30:00+01:00Z",
        "2026-01-31T08:30:00 01:00" };
    struct census census;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        size_t length = strlen(moments[i]);
        char text[40];
        census_take(moments[i], length, &census);
        assert_true(text_is_moment(moments[i], &census));
        for (size_t at = 0; at < length; at++) {
            memcpy(text, moments[i], length);
            text[at] = shape_is_digit(text[at]) ? 'x' : '7';
            census_take(text, length, &census);
            if (text_is_moment(text, &census))
                fail_msg("%.*s", (int)length, text);
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        census_take(others[i], strlen(others[i]), &census);
        if (text_is_moment(others[i], &census))
            fail_msg("%s", others[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_every_byte),
        cmocka_unit_test(counts_any_length),
        cmocka_unit_test(tells_a_uuid),
        cmocka_unit_test(tells_a_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
