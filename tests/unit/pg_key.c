#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/clock.h"
#include "pg/key.h"

static void reads_uuids(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        { "6ed955c6-506a-5343-9be4-2c0afae02eef", true },
        { "6ED955C6-506A-5343-9BE4-2C0AFAE02EEF", true },
        { "00000000-0000-0000-0000-000000000000", true },
        { "6ed955c6-506a-5343-9be4-2c0afae02eeg", false },
        { "6ed955c6-506a-5343-9be4-2c0afae02ee", false },
        { "6ed955c6-506a-5343-9be4-2c0afae02eef0", false },
        { "6ed955c6_506a-5343-9be4-2c0afae02eef", false },
        { "6ed955c650-6a-5343-9be4-2c0afae02eef", false },
        { "{ed955c6-506a-5343-9be4-2c0afae02ee}", false },
        { "6ed955c6506a53439be42c0afae02eef", false },
        { "", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pg_key key;
        char text[PG_KEY_TEXT_SIZE];
        assert_int_equal(pg_key_parse(cases[i].text, strlen(cases[i].text), &key), cases[i].good);
        if (!cases[i].good)
            continue;
        pg_key_format(&key, text);
        assert_int_equal(strcasecmp(text, cases[i].text), 0);
    }
}

/* By the definition: sha256sum of "logins\0abc", cut to 16 bytes, version 8, variant 10. */
static void digests_text(void **state)
{
    (void)state;
    struct pg_key key;
    char text[PG_KEY_TEXT_SIZE];
    pg_key_digest("logins", 6, "abc", 3, &key);
    pg_key_format(&key, text);
    assert_string_equal(text, "0c23ae16-0223-810d-ba0b-fa03334bfd05");
    pg_key_digest("", 0, "abc", 3, &key);
    pg_key_format(&key, text);
    assert_string_equal(text, "609f6e36-d240-8585-988d-5cfd761f407c");
}

/* Scope and text have a separator, and another scope gives another key. */
static void keeps_scopes_apart(void **state)
{
    (void)state;
    struct pg_key one;
    struct pg_key other;
    pg_key_digest("ab", 2, "c", 1, &one);
    pg_key_digest("a", 1, "bc", 2, &other);
    assert_int_not_equal(pg_key_compare(&one, &other), 0);
    pg_key_digest("ab", 2, "c", 1, &other);
    assert_int_equal(pg_key_compare(&one, &other), 0);
}

/* By the definition: 0x019aa60c747b are the milliseconds; sha256sum of "logins\0abc", cut to ten
 * bytes, which are 0c23ae160223810dba0b. */
static void orders_messages_by_time(void **state)
{
    (void)state;
    struct pg_key key;
    struct pg_key part;
    char text[PG_KEY_TEXT_SIZE];
    struct pg_key_source source = { .sent_ms = 0x019aa60c747b,
        .queue = "logins",
        .queue_length = 6,
        .id = "abc",
        .id_length = 3 };
    pg_key_message(&source, &key);
    pg_key_format(&key, text);
    assert_string_equal(text, "019aa60c-747b-8c23-ae16-0223810dba0b");
    source.is_part = true;
    source.part = source.parts = "1";
    source.part_length = source.parts_length = 1;
    source.unwrap = "sns";
    source.unwrap_length = 3;
    pg_key_message(&source, &part);
    assert_memory_equal(&part, &key, 6);
    assert_memory_not_equal(&part, &key, sizeof key);
}

static void reads_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t ms;
    } cases[] = {
        { "2026-11-21T09:00:00.123Z", 1795251600123 },
        { "1970-01-01T00:00:00.001Z", 1 },
        { "2024-02-29T23:59:59.999Z", 1709251199999 },
        { "1969-12-31T23:59:59.999Z", 0 },
        { "2026-11-21T09:00:00Z", 0 },
        { "2026-11-21T09:00:00.123+", 0 },
        { "2026-11-21 09:00:00.123Z", 0 },
        { "2026-11-21T09:00:0x.123Z", 0 },
        { "2026-11-21T09:00:00.123ZZ", 0 },
        { "", 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(clock_rfc3339_ms(cases[i].text, strlen(cases[i].text)), cases[i].ms);
}

static void leaves_out_of_a_content(void **state)
{
    (void)state;
    struct pg_key one;
    struct pg_key other;
    pg_key_content("{\"sqs\":1,\"body\":2}", 18, 7, 8, &one);
    pg_key_content("{\"sqs\":99,\"body\":2}", 19, 7, 9, &other);
    assert_int_equal(pg_key_compare(&one, &other), 0);
    pg_key_content("{\"sqs\":99,\"body\":3}", 19, 7, 9, &other);
    assert_int_not_equal(pg_key_compare(&one, &other), 0);
    pg_key_content("abc", 3, 0, 0, &one);
    pg_key_digest("", 0, "abc", 3, &other);
    assert_int_equal(pg_key_compare(&one, &other), 0);
}

static void names_queues(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        const char *name;
    } cases[] = {
        { "https://sqs.eu-west-1.amazonaws.com/123456789012/logins.fifo", "logins.fifo" },
        { "http://localhost:9324/q", "q" },
        { "q", "q" },
        { "http://h/", "" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length;
        const char *name = pg_key_queue(cases[i].url, strlen(cases[i].url), &length);
        assert_int_equal(length, strlen(cases[i].name));
        assert_memory_equal(name, cases[i].name, length);
    }
}

static int drawn(int below)
{
    static unsigned state = 1;
    state = state * 1103515245U + 12345U;
    return (int)(state >> 16) % below;
}

/* Compare with the C library, also on days and months that do not exist. */
static void counts_as_the_library_does(void **state)
{
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[32];
        int year = i % 2 == 0 ? drawn(10000) : 1890 + drawn(300);
        int fields[5];
        for (int k = 0; k < 5; k++)
            fields[k] = drawn(100);
        if (i % 3 == 0)
            fields[0] %= 14;
        (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, fields[0],
            fields[1], fields[2], fields[3], fields[4], i % 1000);
        struct tm time = { .tm_year = year - 1900,
            .tm_mon = fields[0] - 1,
            .tm_mday = fields[1],
            .tm_hour = fields[2],
            .tm_min = fields[3],
            .tm_sec = fields[4] };
        time_t seconds = timegm(&time);
        uint64_t wanted = seconds < 0 ? 0 : (uint64_t)seconds * 1000 + (uint64_t)(i % 1000);
        assert_int_equal(clock_rfc3339_ms(text, strlen(text)), wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_uuids),
        cmocka_unit_test(digests_text),
        cmocka_unit_test(keeps_scopes_apart),
        cmocka_unit_test(orders_messages_by_time),
        cmocka_unit_test(reads_times),
        cmocka_unit_test(leaves_out_of_a_content),
        cmocka_unit_test(names_queues),
        cmocka_unit_test(counts_as_the_library_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
