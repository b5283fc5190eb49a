#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/base64.h"

/* RFC 4648 section 10, and the two characters that differ between the alphabets. */
static const struct {
    const char *bytes;
    const char *standard;
    const char *url;
} samples[] = {
    { "", "", "" },
    { "f", "Zg==", "Zg" },
    { "fo", "Zm8=", "Zm8" },
    { "foo", "Zm9v", "Zm9v" },
    { "foob", "Zm9vYg==", "Zm9vYg" },
    { "fooba", "Zm9vYmE=", "Zm9vYmE" },
    { "foobar", "Zm9vYmFy", "Zm9vYmFy" },
    { "\xfb\xef\xbe\xff\xff\xff", "++++////", "----____" },
};

static void spells_as_rfc_4648(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        size_t length = strlen(samples[i].bytes);
        unsigned char bytes[32];
        char text[33] = { 0 };
        size_t got;

        assert_int_equal(base64_encode(samples[i].bytes, length, text), base64_length(length));
        assert_string_equal(text, samples[i].standard);
        assert_int_equal(base64_decode(text, strlen(text), bytes, &got), 0);
        assert_int_equal(got, length);
        assert_memory_equal(bytes, samples[i].bytes, length);

        memset(text, 0, sizeof(text));
        assert_int_equal(base64_encode_url(samples[i].bytes, length, text),
            base64_url_length(length));
        assert_string_equal(text, samples[i].url);
        assert_int_equal(base64_decode_url(text, strlen(text), bytes, &got), 0);
        assert_int_equal(got, length);
        assert_memory_equal(bytes, samples[i].bytes, length);
    }
}

static void refuses_other_spellings(void **state)
{
    (void)state;
    static const char *const standard[] = { "Zg", "Zg=", "Zg===", "Z", "=",
        "==", "===", "====", "Zm8",
        "Zm8==", "Zm9v=", "Zm9v====", "Zh==", "Zm9=", "Zm9vYh==", "Zg==Zg==", "Z===", "Zg=a",
        "Zm9v\n", " Zm9v", "Zm 9v", "----", "____", "Zm9-", "Zm9\x80", "Zm9\xff", "Zm9." };
    static const char *const url[] = { "Zg==", "Zm8=", "Z", "Zh", "Zm9", "Zm9vYh", "Zm9vZ", "++++",
        "////", "Zm9+", "Zm9v\n", "Zm9v ", "Zm9\x80", "Zm9=", "=", "Zm9,", "Zm9{", "Zm9." };
    unsigned char bytes[32];
    size_t got;

    for (size_t i = 0; i < sizeof(standard) / sizeof(*standard); i++)
        assert_int_equal(base64_decode(standard[i], strlen(standard[i]), bytes, &got), -1);
    for (size_t i = 0; i < sizeof(url) / sizeof(*url); i++)
        assert_int_equal(base64_decode_url(url[i], strlen(url[i]), bytes, &got), -1);
    assert_int_equal(base64_decode_url("Zm\0v", 4, bytes, &got), -1);
}

static void takes_either_alphabet_with_padding_or_without(void **state)
{
    (void)state;
    static const char *const wrong[] = { "Zg=", "Zg===", "Z", "=",
        "==", "====", "Zm8==", "Zm9v=", "Zh", "Zh==", "+-A=", "-/8", "_+8=", "Zm9v\n",
        "-A==-A==", "Zm9\x80" };
    unsigned char bytes[32];
    size_t got;

    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        size_t length = strlen(samples[i].bytes);
        const char *texts[] = { samples[i].standard, samples[i].url };
        for (size_t j = 0; j < 2; j++) {
            assert_int_equal(base64_decode_any(texts[j], strlen(texts[j]), bytes, &got), 0);
            assert_int_equal(got, length);
            assert_memory_equal(bytes, samples[i].bytes, length);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        static const char *const same[] = { "+/8=", "+/8", "-_8=", "-_8" };
        assert_int_equal(base64_decode_any(same[i], strlen(same[i]), bytes, &got), 0);
        assert_int_equal(got, 2);
        assert_memory_equal(bytes, "\xfb\xff", 2);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_int_equal(base64_decode_any(wrong[i], strlen(wrong[i]), bytes, &got), -1);
}

static void wipes_what_it_refuses(void **state)
{
    (void)state;
    unsigned char bytes[32];
    size_t got;

    memset(bytes, 0xee, sizeof(bytes));
    assert_int_equal(base64_decode_url("c2VjcmV0c2VjcmV0!", 17, bytes, &got), -1);
    assert_int_equal(base64_decode_url("c2VjcmV0c2VjcmV!", 16, bytes, &got), -1);
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(bytes[i], 0);
    assert_int_equal(bytes[12], 0xee);
}

/* All texts of two and three characters: an accepted text is the spelling of its bytes. */
static void one_spelling_only(void **state)
{
    (void)state;
    char text[3];
    char again[8];
    unsigned char bytes[8];
    size_t got;
    size_t accepted = 0;

    for (unsigned int i = 0; i < 65536; i++) {
        text[0] = (char)(i >> 8);
        text[1] = (char)i;
        if (base64_decode_url(text, 2, bytes, &got) == 0) {
            accepted++;
            assert_int_equal(got, 1);
            assert_int_equal(base64_encode_url(bytes, got, again), 2);
            assert_memory_equal(again, text, 2);
        }
    }
    assert_int_equal(accepted, 256);
    accepted = 0;
    for (unsigned int i = 0; i < 128u * 128 * 128; i++) {
        text[0] = (char)(i >> 14);
        text[1] = (char)(i >> 7 & 127);
        text[2] = (char)(i & 127);
        if (base64_decode_url(text, 3, bytes, &got) == 0) {
            accepted++;
            assert_int_equal(got, 2);
            assert_int_equal(base64_encode_url(bytes, got, again), 3);
            assert_memory_equal(again, text, 3);
        }
    }
    assert_int_equal(accepted, 65536);
}

static void goes_there_and_back(void **state)
{
    (void)state;
    unsigned char bytes[300];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(i * i / 3);
    for (size_t length = 0; length <= sizeof(bytes); length++) {
        /* Exactly the promised size. */
        char *text = malloc(base64_length(length) + 1);
        unsigned char *back = malloc(base64_decoded_max(base64_length(length)));
        size_t got;
        size_t written;

        assert_true(text != NULL && back != NULL);
        written = base64_encode(bytes, length, text);
        assert_int_equal(written, base64_length(length));
        assert_int_equal(base64_decode(text, written, back, &got), 0);
        assert_int_equal(got, length);
        assert_memory_equal(back, bytes, length);

        written = base64_encode_url(bytes, length, text);
        assert_int_equal(written, base64_url_length(length));
        assert_int_equal(base64_decode_url(text, written, (unsigned char *)text, &got), 0);
        assert_int_equal(got, length);
        assert_memory_equal(text, bytes, length);
        free(text);
        free(back);
    }
}

/* The same six bits in each place, for every length with its own code path. */
static void spells_every_value_in_every_place(void **state)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    (void)state;
    for (size_t place = 0; place < 32; place++) {
        for (unsigned value = 0; value < 64; value++) {
            unsigned others = (value * 29 + 7) % 64;
            unsigned char bytes[24] = { 0 };
            char text[32];

            for (size_t bit = 0; bit < 8 * sizeof(bytes); bit++) {
                unsigned six = bit / 6 == place ? value : others;

                bytes[bit / 8] |= (unsigned char)((six >> (5 - bit % 6) & 1) << (7 - bit % 8));
            }
            for (int url = 0; url < 2; url++) {
                const char *last = url ? "-_" : "+/";

                assert_int_equal((url ? base64_encode_url : base64_encode)(bytes, 24, text), 32);
                for (size_t i = 0; i < 32; i++) {
                    unsigned six = i == place ? value : others;

                    assert_int_equal(text[i], six < 62 ? letters[six] : last[six - 62]);
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spells_as_rfc_4648),
        cmocka_unit_test(refuses_other_spellings),
        cmocka_unit_test(takes_either_alphabet_with_padding_or_without),
        cmocka_unit_test(wipes_what_it_refuses),
        cmocka_unit_test(one_spelling_only),
        cmocka_unit_test(goes_there_and_back),
        cmocka_unit_test(spells_every_value_in_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
