/* FF1 against the vectors of its standard and of Wycheproof, and against its own inverse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/ff1.h"
#include "crypto_hex.h"

static const unsigned char key[] = "0123456789abcdef0123456789abcdef";

static unsigned char numeral_of(char letter)
{
    if (letter >= '0' && letter <= '9')
        return (unsigned char)(letter - '0');
    if (letter >= 'A' && letter <= 'Z')
        return (unsigned char)(letter - 'A' + 10);
    if (letter >= 'a' && letter <= 'z')
        return (unsigned char)(letter - 'a' + 36);
    return 255;
}

static size_t numerals_of(const char *text, unsigned char numerals[256])
{
    size_t length = strlen(text);

    assert_true(length <= 256);
    for (size_t i = 0; i < length; i++)
        numerals[i] = numeral_of(text[i]);
    return length;
}

struct vector {
    unsigned radix;
    char key[72];
    char tweak[64];
    char clear[160];
    char sealed[160];
    char verdict[8];
};

static void check(const struct vector *vector)
{
    unsigned char key_bytes[32], tweak[32], clear[256], sealed[256], out[256];
    size_t key_length = hex_decode(vector->key, key_bytes, sizeof(key_bytes));
    size_t tweak_length = hex_decode(vector->tweak, tweak, sizeof(tweak));
    size_t length = numerals_of(vector->clear, clear);
    struct ff1 *ff1 = ff1_new(key_bytes, key_length, vector->radix, tweak, tweak_length);

    assert_non_null(ff1);
    assert_int_equal(numerals_of(vector->sealed, sealed), length);
    for (int again = 0; again < 2; again++) {
        bool valid = strcmp(vector->verdict, "valid") == 0;

        assert_int_equal(ff1_encrypt(ff1, clear, length, out), valid ? 0 : -1);
        if (!valid)
            continue;
        assert_memory_equal(out, sealed, length);
        assert_int_equal(ff1_decrypt(ff1, out, length, out), 0);
        assert_memory_equal(out, clear, length);
    }
    ff1_free(ff1);
}

/* Lines of tests/vectors/ff1.txt; the program runs in the root of the source. */
static void agrees_with_the_vectors(void **state)
{
    (void)state;
    FILE *file = fopen("tests/vectors/ff1.txt", "r");
    char line[512];
    unsigned count = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        struct vector vector;
        char number[8];

        if (line[0] == '#' || line[0] == '\n')
            continue;
        assert_int_equal(sscanf(line, "%7s %u %71s %63s %159s %159s %7s", number, &vector.radix,
                             vector.key, vector.tweak, vector.clear, vector.sealed, vector.verdict),
            7);
        check(&vector);
        count++;
    }
    fclose(file);
    assert_int_equal(count, 48);
    assert_int_equal(ff1_self_test(), 0);
}

static uint64_t random_state = 88172645463325252U;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Every length of three radices and of the largest, for each method of computation. */
static void comes_back(void **state)
{
    (void)state;
    static const unsigned radices[] = { 2, 10, 36, 62, 256 };

    for (size_t r = 0; r < sizeof(radices) / sizeof(*radices); r++) {
        struct ff1 *ff1 = ff1_new(key, sizeof(key) - 1, radices[r], "tweak", 5);

        assert_non_null(ff1);
        for (size_t length = ff1_least(radices[r]); length <= FF1_MAX; length++)
            for (int i = 0; i < 4; i++) {
                unsigned char clear[FF1_MAX], sealed[FF1_MAX];

                for (size_t k = 0; k < length; k++)
                    clear[k] = (unsigned char)(i == 0 ? 0
                            : i == 1                  ? radices[r] - 1
                                                      : next_random() % radices[r]);
                assert_int_equal(ff1_encrypt(ff1, clear, length, sealed), 0);
                for (size_t k = 0; k < length; k++)
                    assert_true(sealed[k] < radices[r]);
                assert_memory_not_equal(sealed, clear, length);
                assert_int_equal(ff1_decrypt(ff1, sealed, length, sealed), 0);
                assert_memory_equal(sealed, clear, length);
            }
        ff1_free(ff1);
    }
}

/* All six-digit strings: each is the output exactly once, and decrypts. */
static void permutes_a_whole_domain(void **state)
{
    (void)state;
    enum { DOMAIN = 1000000 };
    struct ff1 *ff1 = ff1_new(key, sizeof(key) - 1, 10, "id", 2);
    unsigned char *seen = calloc(DOMAIN, 1);

    assert_true(ff1 != NULL && seen != NULL);
    for (unsigned i = 0; i < DOMAIN; i++) {
        unsigned char clear[6], sealed[6], back[6];
        unsigned rest = i;
        unsigned number = 0;

        for (size_t k = 6; k-- > 0; rest /= 10)
            clear[k] = (unsigned char)(rest % 10);
        assert_int_equal(ff1_encrypt(ff1, clear, 6, sealed), 0);
        for (size_t k = 0; k < 6; k++)
            number = number * 10 + sealed[k];
        if (seen[number]++ != 0)
            fail_msg("two strings have one output");
        if (i % 8 == 0) {
            assert_int_equal(ff1_decrypt(ff1, sealed, 6, back), 0);
            assert_memory_equal(back, clear, 6);
        }
    }
    free(seen);
    ff1_free(ff1);
}

static void keys_and_tweaks_part(void **state)
{
    (void)state;
    static const unsigned char zeroes[10];
    static const char long_tweak[100];
    unsigned char out[6][10];
    const struct {
        size_t key_length;
        size_t tweak_length;
    } cases[] = { { 32, 0 }, { 32, 1 }, { 16, 0 }, { 24, 0 }, { 32, 16 }, { 32, 100 } };

    for (size_t i = 0; i < 6; i++) {
        struct ff1 *ff1 = ff1_new(key, cases[i].key_length, 10, long_tweak, cases[i].tweak_length);

        assert_non_null(ff1);
        assert_int_equal(ff1_encrypt(ff1, zeroes, 10, out[i]), 0);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(out[i], out[k], 10);
        ff1_free(ff1);
    }
}

static void refuses(void **state)
{
    (void)state;
    static const unsigned char zeroes[FF1_MAX + 1];
    static const unsigned char ten[10] = { 9, 9, 9, 9, 9, 9, 9, 9, 9, 10 };
    unsigned char out[FF1_MAX + 1];
    struct ff1 *ff1 = ff1_new(key, 32, 10, NULL, 0);

    assert_null(ff1_new(key, 31, 10, NULL, 0));
    assert_null(ff1_new(key, 32, 1, NULL, 0));
    assert_null(ff1_new(key, 32, 257, NULL, 0));
    assert_int_equal(ff1_least(2), 20);
    assert_int_equal(ff1_least(10), 6);
    assert_int_equal(ff1_least(36), 4);
    assert_int_equal(ff1_least(62), 4);
    assert_int_equal(ff1_least(256), 3);
    assert_int_equal(ff1_encrypt(ff1, zeroes, 5, out), -1);
    assert_int_equal(ff1_encrypt(ff1, zeroes, 0, out), -1);
    assert_int_equal(ff1_encrypt(ff1, zeroes, FF1_MAX, out), 0);
    assert_int_equal(ff1_encrypt(ff1, zeroes, FF1_MAX + 1, out), -1);
    assert_int_equal(ff1_encrypt(ff1, ten, 10, out), -1);
    assert_int_equal(ff1_encrypt(ff1, ten, 9, out), 0);
    assert_int_equal(ff1_decrypt(ff1, zeroes, 5, out), -1);
    assert_int_equal(ff1_decrypt(ff1, ten, 10, out), -1);
    ff1_free(ff1);
    ff1_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_vectors),
        cmocka_unit_test(comes_back),
        cmocka_unit_test(permutes_a_whole_domain),
        cmocka_unit_test(keys_and_tweaks_part),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
