#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "mask/keyring.h"

/*
 * Three masters: 32 times the byte 1, 2 and 3; their ids were computed with another implementation.
 */
#define KEY_1 "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define KEY_2 "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
#define KEY_3 "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM="
#define ID_1 "624887dd"
#define ID_2 "614e0133"
#define ID_3 "8cd54df1"
#define LINE_1 "pii1 " ID_1 " primary " KEY_1
#define LINE_2 "pii1 " ID_2 " decrypt-only " KEY_2
#define LINE_3 "pii1 " ID_3 " decrypt-only " KEY_3

static enum keyring_cause parse(const char *text, struct keyring **ring, unsigned *line)
{
    struct keyring_error error;
    *ring = NULL;
    int result = keyring_parse(text, strlen(text), ring, &error);
    assert_int_equal(result == 0, error.cause == KEYRING_OK);
    *line = error.line;
    return error.cause;
}

static void accepts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        size_t primary;
    } samples[] = {
        { LINE_1 "\n", 1, 0 },
        { LINE_1, 1, 0 }, /* no newline at the end */
        { LINE_1 "\r\n" LINE_2 "\r\n", 2, 0 },
        { LINE_1 "\r", 1, 0 },
        { "# made by hand\n\n" LINE_2 "\n \t \n#" LINE_3 "\n" LINE_1 "\n", 2, 1 },
        { "  pii1\t" ID_1 "  primary   " KEY_1 "  \n", 1, 0 },
        { LINE_3 "\n" LINE_2 "\n" LINE_1 "\n", 3, 2 },
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct keyring *ring;
        unsigned line;
        assert_int_equal(parse(samples[i].text, &ring, &line), KEYRING_OK);
        assert_int_equal(keyring_count(ring), samples[i].count);
        assert_int_equal(keyring_primary(ring), samples[i].primary);
        assert_string_equal(keyring_id(ring, keyring_primary(ring)), ID_1);
        assert_int_equal(keyring_find(ring, ID_1), samples[i].primary);
        assert_true(keyring_find(ring, "00000000") == KEYRING_NONE);
        keyring_free(ring);
    }
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum keyring_cause cause;
        unsigned line;
    } samples[] = {
        { "", KEYRING_EMPTY, 0 },
        { "\n# nothing\n", KEYRING_EMPTY, 0 },
        { LINE_2 "\n", KEYRING_NO_PRIMARY, 0 },
        { LINE_1 "\npii1 " ID_2 " primary " KEY_2 "\n", KEYRING_TWO_PRIMARIES, 2 },
        { LINE_1 "\n" LINE_1 "\n", KEYRING_REPEATED, 2 },
        { LINE_1 "\n" LINE_2 "\n" LINE_2 "\n", KEYRING_REPEATED, 3 },
        { "pii1 " ID_2 " primary " KEY_1 "\n", KEYRING_DAMAGED, 1 },
        /* one character of the key changed, then of the id */
        { "pii1 " ID_1 " primary BQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n", KEYRING_DAMAGED,
            1 },
        { "\npii1 00000000 primary " KEY_1 "\n", KEYRING_DAMAGED, 2 },
        { "pii1 " ID_1 " Primary " KEY_1 "\n", KEYRING_BAD_STATE, 1 },
        { "pii1 " ID_1 " disabled " KEY_1 "\n", KEYRING_BAD_STATE, 1 },
        { "pii1 1234567 primary " KEY_1 "\n", KEYRING_BAD_ID, 1 },
        { "pii1 1234567G primary " KEY_1 "\n", KEYRING_BAD_ID, 1 },
        { "pii1 ABCDEF01 primary " KEY_1 "\n", KEYRING_BAD_ID, 1 },
        { "pii1 " ID_1 " primary AQEB\n", KEYRING_BAD_KEY, 1 },
        { "pii1 " ID_1 " primary " KEY_1 "=\n", KEYRING_BAD_KEY, 1 },
        { "pii1 " ID_1 " primary AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQF=\n", KEYRING_BAD_KEY,
            1 },
        { "pii1 " ID_1 " primary -QEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n", KEYRING_BAD_KEY,
            1 },
        { "pii2 " ID_1 " primary " KEY_1 "\n", KEYRING_FORMAT, 1 },
        { "pii1 " ID_1 " primary\n", KEYRING_FORMAT, 1 },
        { LINE_1 " x\n", KEYRING_FORMAT, 1 },
        { "AGE-SECRET-KEY-1QQ\n", KEYRING_FORMAT, 1 },
        { LINE_1 "\nx", KEYRING_FORMAT, 2 },
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct keyring *ring;
        unsigned line;
        assert_int_equal(parse(samples[i].text, &ring, &line), samples[i].cause);
        assert_null(ring);
        assert_int_equal(line, samples[i].line);
        /* every cause has its own text, which never holds the key */
        assert_string_not_equal(keyring_cause_text(samples[i].cause), "unknown");
        assert_null(strstr(keyring_cause_text(samples[i].cause), "AQEB"));
    }
}

static void has_a_limit(void **state)
{
    (void)state;
    char *text = calloc(1, 300 * KEYRING_LINE_SIZE);
    size_t length = 0;
    if (text == NULL) {
        fail();
        return;
    }
    for (unsigned i = 0; i < 257; i++) {
        unsigned char master[KEYRING_MASTER] = { (unsigned char)i, (unsigned char)(i >> 8), 7 };
        char id[KEYRING_ID + 1];
        char line[KEYRING_LINE_SIZE];
        assert_int_equal(keyring_make_id(master, id), 0);
        size_t size = keyring_format(master, id, i == 0, line);
        assert_int_equal(strlen(line), size);
        if (i == 256) { /* one fewer is fine */
            struct keyring *ring;
            unsigned at;
            assert_int_equal(parse(text, &ring, &at), KEYRING_OK);
            assert_int_equal(keyring_count(ring), KEYRING_MAX_KEYS);
            keyring_free(ring);
        }
        memcpy(text + length, line, size);
        length += size;
    }
    struct keyring *ring;
    unsigned line;
    assert_int_equal(parse(text, &ring, &line), KEYRING_TOO_MANY);
    assert_int_equal(line, 257);
    free(text);
}

static void judges_modes(void **state)
{
    (void)state;
    uid_t us = geteuid();
    const struct {
        mode_t mode;
        uid_t owner;
        bool group_readable;
        enum keyring_cause cause;
    } samples[] = {
        { S_IFREG | 0600, us, false, KEYRING_OK },
        { S_IFREG | 0400, us, false, KEYRING_OK },
        { S_IFREG | 0700, us, false, KEYRING_OK },
        { S_IFIFO | 0600, us, false, KEYRING_OK },
        { S_IFREG | 0600, 0, false, KEYRING_OK },
        { S_IFREG | 0640, us, false, KEYRING_GROUP_READ },
        { S_IFREG | 0640, us, true, KEYRING_OK },
        { S_IFREG | 0440, 0, true, KEYRING_OK },
        { S_IFREG | 0660, us, true, KEYRING_GROUP_WRITE },
        { S_IFREG | 0620, us, false, KEYRING_GROUP_WRITE },
        { S_IFREG | 0604, us, true, KEYRING_OTHERS },
        { S_IFREG | 0602, us, true, KEYRING_OTHERS },
        { S_IFREG | 0601, us, true, KEYRING_OTHERS },
        { S_IFREG | 0644, us, true, KEYRING_OTHERS },
        { S_IFIFO | 0666, us, true, KEYRING_OTHERS },
        { S_IFREG | 0600, us + 12345, false, KEYRING_OWNER },
        { S_IFREG | 0640, us + 12345, true, KEYRING_OWNER },
        { S_IFDIR | 0700, us, false, KEYRING_KIND },
        { S_IFCHR | 0600, us, false, KEYRING_KIND },
        { S_IFSOCK | 0600, us, false, KEYRING_KIND },
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct stat status = { .st_mode = samples[i].mode, .st_uid = samples[i].owner };
        enum keyring_cause cause = keyring_check(&status, samples[i].group_readable);
        assert_int_equal(cause, samples[i].cause);
        assert_int_equal(keyring_cause_is_permission(cause),
            cause != KEYRING_OK && cause != KEYRING_KIND);
    }
}

static void derives(void **state)
{
    (void)state;
    struct keyring *ring;
    unsigned line;
    unsigned char a[64], b[64];
    assert_int_equal(parse(LINE_1 "\n" LINE_2 "\n", &ring, &line), KEYRING_OK);
    assert_int_equal(keyring_derive(ring, 0, "siv", "ip", 2, a, sizeof a), 0);
    static const unsigned char expected[8] = { 0x30, 0xee, 0xdc, 0xa8, 0x18, 0x6b, 0x4f, 0x1c };
    assert_memory_equal(a, expected, sizeof expected);
    /* key, method and domain each change the result */
    assert_int_equal(keyring_derive(ring, 1, "siv", "ip", 2, b, sizeof b), 0);
    assert_memory_not_equal(a, b, sizeof a);
    assert_int_equal(keyring_derive(ring, 0, "hmac", "ip", 2, b, sizeof b), 0);
    assert_memory_not_equal(a, b, sizeof a);
    assert_int_equal(keyring_derive(ring, 0, "siv", "", 0, b, sizeof b), 0);
    assert_memory_not_equal(a, b, sizeof a);
    keyring_forget(ring);
    assert_string_equal(keyring_id(ring, 1), ID_2);
    keyring_free(ring);
    keyring_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts),
        cmocka_unit_test(refuses),
        cmocka_unit_test(has_a_limit),
        cmocka_unit_test(judges_modes),
        cmocka_unit_test(derives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
